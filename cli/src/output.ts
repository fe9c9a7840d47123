import type { Shell } from "./shell.ts";
import { printableJson } from "./terminal/escape.ts";
import { type Message, messageLines } from "./terminal/message.ts";
import { type Style, styleOf } from "./terminal/style.ts";

/** A document of experience.md §3.7. */
export interface Document {
  readonly kind: string;
  readonly version: 1;
}
export type Form = "text" | "json" | "events";

/**
 * Where a verb says what it has to say. stdout carries only what another program may read: tables, or with `--json` one
 * document; verdicts and progress go to stderr.
 */
export class Output {
  readonly form: Form;
  readonly style: Style;
  readonly #shell: Shell;
  #documented = false;

  constructor(shell: Shell, options: { readonly form: Form; readonly plain: boolean }) {
    this.#shell = shell;
    this.form = options.form;
    this.style = styleOf(shell, options);
  }

  /** Nothing but lines of text is wanted. */
  get isText(): boolean {
    return this.form === "text";
  }

  /** A table or another text that was asked for. */
  table(lines: readonly string[]): void {
    if (this.isText) this.#shell.stdout(lines.map((line) => `${line}\n`).join(""));
  }

  /** Progress, for people only. */
  say(...lines: readonly string[]): void {
    if (this.isText) this.#shell.stderr(lines.map((line) => `${line}\n`).join(""));
  }

  /** Cursor movement and half lines, for renderers. */
  draw(text: string): void {
    if (this.isText) this.#shell.stderr(text);
  }

  verdict(message: Message): void {
    this.say(...messageLines(message, this.style));
  }

  event(event: object): void {
    if (this.form === "events") this.#shell.stdout(`${printableJson(event)}\n`);
  }

  /** The one document, at the end. */
  document(document: Document): void {
    if (this.isText || this.#documented) return;
    this.#documented = true;
    this.#shell.stdout(`${printableJson(document)}\n`);
  }
}

/** With `--json` anywhere before `--`, every path answers in JSON, also those on which nothing else was understood. */
export function outputFor(shell: Shell, argv: readonly string[]): Output {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  const form = flags.includes("--events") ? "events" : flags.includes("--json") ? "json" : "text";
  return new Output(shell, { form, plain: flags.includes("--plain") });
}
