import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { checkPrinted } from "../check-documents.ts";
import type { Call, Ladder } from "./ladder.ts";
import { Normaliser } from "./normalise.ts";
import type { Pty } from "./pty.ts";

/** Ways in which the same session is had. `c-locale` is a terminal of 100 columns, without colour as well. */
export const forms = ["pty-100", "pty-80", "c-locale", "pipe", "json", "events"] as const;
export type Form = (typeof forms)[number];
export const onTerminal = (form: Form): boolean => form === "pty-100" || form === "pty-80" || form === "c-locale";

interface Asked extends Call {
  /** Typed once the text is on the screen. */
  readonly answers?: readonly { readonly when: RegExp; readonly keys: string }[];
  /** The screen is also shown as it is at this moment, while the program still runs. */
  readonly during?: RegExp;
}

const golden = join(import.meta.dirname, "golden");
const quoted = (word: string): string => (/^[A-Za-z0-9_./:=@,+-]+$/.test(word) ? word : `"${word}"`);

const prefixed = (text: string, stream: string): string =>
  text === "" ? "" : text.trimEnd().replace(/^/gm, `${stream}| `);

const spreadWidth = 140;

/** JSON that can be read: what fits a line stands on one. */
function spread(value: unknown, indent = ""): string {
  const whole = JSON.stringify(value);
  if (whole.length + indent.length <= spreadWidth || typeof value !== "object" || value === null) return whole;
  const inner = `${indent} `;
  if (Array.isArray(value))
    return `[\n${value.map((item) => `${inner}${spread(item, inner)}`).join(",\n")}\n${indent}]`;
  const lines = Object.entries(value).map(([name, item]) => `${inner}"${name}":${spread(item, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

/** Of a line of `--events`: what does not depend on how fast this machine is. All of each line was held against its schema. */
function essence(line: string): readonly string[] {
  if (line === "") return [];
  // biome-ignore lint/suspicious/noExplicitAny: the schema was asked already
  const event = JSON.parse(line) as any;
  if (event.type === "step:progress" || event.type === "step:log") return [];
  if (event.kind !== undefined) return [JSON.stringify({ kind: event.kind, outcome: event.outcome, exit: event.exit })];
  const { step, steps, report, ...rest } = event;
  const named = (one: { kind: string; service?: string }): string => [one.kind, one.service].filter(Boolean).join(" ");
  return [
    JSON.stringify({
      ...rest,
      ...(step ? { step: named(step) } : {}),
      ...(steps ? { steps: steps.map(named) } : {}),
      ...(report ? { status: report.status, changed: report.changed } : {}),
    }),
  ];
}

/** A session in one form, call after call; compared with the file of the same name under golden/. */
export class Transcript {
  readonly form: Form;
  readonly #ladder: Ladder;
  readonly #name: string;
  readonly #normaliser: Normaliser;
  readonly #parts: string[] = [];

  constructor(ladder: Ladder, session: string, form: Form) {
    this.#ladder = ladder;
    this.#normaliser = new Normaliser(ladder);
    this.#name = `${session}.${form}.txt`;
    this.form = form;
  }

  /** Answers the exit code. */
  async call(args: readonly string[], asked: Asked = {}): Promise<number | null> {
    const words = [...args, ...(this.form === "json" || this.form === "events" ? [`--${this.form}`] : [])];
    const typed = this.#normaliser.normalise(["$ promote", ...words.map(quoted)].join(" "));
    const { text, exit } = onTerminal(this.form) ? await this.#see(words, asked) : await this.#read(words, asked);
    this.#parts.push(`${typed}\n${text === "" ? "" : `${text}\n`}(exit ${exit})\n`);
    return exit;
  }

  async #see(args: readonly string[], asked: Asked) {
    const columns = this.form === "pty-80" ? 80 : 100;
    const variables = { ...asked.variables, ...(this.form === "c-locale" ? { LC_ALL: "C", NO_COLOR: "1" } : {}) };
    const pty = this.#ladder.open(args, { ...asked, columns, variables });
    const between = await this.#play(pty, asked);
    const { exit } = await pty.ended;
    const screen = await pty.screen();
    this.#checkTerminal(pty.raw(), [screen, ...between], columns);
    const shown = between.map((text) => `${text}\n(while it runs)\n`).join("");
    return { exit, text: this.#normaliser.normalise(`${shown}${screen}`) };
  }

  async #play(pty: Pty, { answers = [], during }: Asked): Promise<readonly string[]> {
    for (const { when, keys } of answers) {
      await pty.until(when);
      pty.type(keys);
    }
    return during ? [await pty.until(during)] : [];
  }

  #checkTerminal(raw: string, screens: readonly string[], columns: number): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes
    const colours = raw.match(/\u001b\[[\d;]*m/g) ?? [];
    if (this.form === "c-locale") {
      expect(colours, "colour although NO_COLOR is set").toEqual([]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is no ASCII
      expect(screens.join("\n").match(/[^\x00-\x7f]+/g) ?? [], "no ASCII in a C locale").toEqual([]);
    }
    const wide = screens.flatMap((screen) => screen.split("\n")).filter((line) => line.length > columns);
    // A command is pasted as one line; a place, an address and a log are evidence.
    expect(
      wide.filter((line) => !/promote |https?:\/\/|^ {11}|\{"/.test(line)),
      "wider than the terminal",
    ).toEqual([]);
  }

  async #read(args: readonly string[], asked: Asked) {
    const ran = await this.#ladder.run(args, asked);
    expect(ran.out + ran.err, "cursor or colour codes off a terminal").not.toContain("\u001b");
    checkPrinted(args, ran.out, ran.exit);
    if (this.form !== "pipe") expect(ran.err, "something else than JSON").toBe("");
    const out = this.form === "events" ? ran.out.split("\n").flatMap(essence).join("\n") : ran.out;
    // Before it is laid out, which depends on how wide a figure is.
    const [printed, errors] = [out, ran.err].map((text) => this.#normaliser.normalise(text)) as [string, string];
    const laidOut = this.form === "json" ? spread(JSON.parse(printed)) : printed;
    return { exit: ran.exit, text: [prefixed(laidOut, "out"), prefixed(errors, "err")].filter(Boolean).join("\n") };
  }

  /** @throws when it is not what is written down; with SLIPWAY_WRITE_GOLDEN=1 it is written down instead. */
  compare(): void {
    const path = join(golden, this.#name);
    const text = this.#parts.join("\n");
    if (process.env.SLIPWAY_WRITE_GOLDEN === "1") {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    expect(existsSync(path), `${path} is missing; SLIPWAY_WRITE_GOLDEN=1 writes it, and then it has to be read`).toBe(
      true,
    );
    expect(text).toBe(readFileSync(path, "utf8"));
  }
}
