import type { PrintedDocument } from "./documents/schemas/all.ts";
import type { ErrorDocument } from "./documents/schemas/error.ts";
import type { EventLine } from "./documents/schemas/events.ts";
import type { Redact } from "./session/redactor.ts";
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
/** What a call ended with that has no document of its own. */
export interface ToldError {
  readonly document: ErrorDocument;
  /** In words; null: in none. */
  readonly said: Message | null;
}
/** What else is to be said of a document, on stderr, a line each; `said`: the verdict in words. */
export type Annotate = (document: PrintedDocument, said: Message | null) => readonly string[];

/**
 * Where a verb says what it has to say. stdout carries only what another program may read: tables, or with `--json` one
 * document; verdicts and progress go to stderr.
 */
export class Output {
  readonly form: Form;
  readonly style: Style;
  readonly #shell: Shell;
  /** Before every sink, whoever wrote the text; what is kept somewhere else was redacted when it was taken in. */
  readonly #redact: Redact;
  readonly #annotate: Annotate | null;
  #said: Message | null = null;
  #documented = false;
  #error: ToldError | null = null;

  constructor(
    shell: Shell,
    options: {
      readonly form: Form;
      readonly plain: boolean;
      readonly redact?: Redact;
      readonly annotate?: Annotate | null;
    },
  ) {
    this.#shell = shell;
    this.#redact = options.redact ?? ((text) => text);
    this.#annotate = options.annotate ?? null;
    this.form = options.form;
    this.style = styleOf(shell, options);
  }

  /** Null: the call did not end with an error, or has not ended yet. */
  get error(): ToldError | null {
    return this.#error;
  }

  /** Nothing but lines of text is wanted. */
  get isText(): boolean {
    return this.form === "text";
  }

  /** A table or another text that was asked for. */
  table(lines: readonly string[]): void {
    if (this.isText) this.#shell.stdout(lines.map((line) => `${this.#redact(line)}\n`).join(""));
  }

  /** Progress, for people only. */
  say(...lines: readonly string[]): void {
    if (this.isText) this.#shell.stderr(lines.map((line) => `${this.#redact(line)}\n`).join(""));
  }

  /** Cursor movement and half lines, for renderers. */
  draw(text: string): void {
    if (this.isText) this.#shell.stderr(this.#redact(text));
  }

  verdict(message: Message): void {
    // Before lines are broken: what a break has cut in two is harder to find.
    this.#said = this.#hidden(message);
    this.say(...messageLines(this.#said, this.style));
  }

  event(event: EventLine): void {
    if (this.form === "events") this.#shell.stdout(`${printableJson(this.#hidden(event))}\n`);
  }

  /** The one document, at the end. */
  document(document: PrintedDocument): void {
    if (document.kind === "error") this.#error = { document: this.#hidden(document), said: this.#said };
    if (this.#documented || (this.isText && !this.#annotate)) return;
    this.#documented = true;
    const shown = this.#hidden(document);
    const lines = this.#annotate?.(shown, this.#said) ?? [];
    if (lines.length > 0) this.#shell.stderr(lines.map((line) => `${line}\n`).join(""));
    if (!this.isText) this.#shell.stdout(`${printableJson(shown)}\n`);
  }

  #hidden<T>(value: T): T {
    return redacted(value, this.#redact);
  }
}

/** The same without what the redactor hides, at any depth. */
export const redacted = <T>(value: T, redact: Redact): T => withTexts(value, redact) as T;

/** The same with every text changed, at any depth. */
function withTexts(value: unknown, change: Redact): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, change));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withTexts(item, change)]));
}

/** With `--json` anywhere before `--`, every path answers in JSON, also those on which nothing else was understood. */
export function outputFor(
  shell: Shell,
  argv: readonly string[],
  redact: Redact,
  annotate: Annotate | null = null,
): Output {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  const form = flags.includes("--events") ? "events" : flags.includes("--json") ? "json" : "text";
  return new Output(shell, { form, plain: flags.includes("--plain"), redact, annotate });
}
