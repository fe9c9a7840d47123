import { readFileSync } from "node:fs";

/** Text of a case: as it stands, or told briefly where it is huge or no text at all. */
export type Told =
  | string
  | { readonly repeat: string; readonly times: number }
  | { readonly base64: string }
  | { readonly parts: readonly Told[] };

/** One hostile input, and what it must be answered with. */
export interface HostileCase {
  readonly name: string;
  /** Of the closed list in codes.ts, or the word of the runner for what only the runner reads. */
  readonly code: string;
}

/** Cases of a data file; two of one name, or a file without any, would prove less than it seems. */
export function readCases<Case extends HostileCase>(file: URL): readonly Case[] {
  const cases = JSON.parse(readFileSync(file, "utf8")) as readonly Case[];
  const names = cases.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (cases.length === 0 || twice !== undefined) throw new Error(`${file.pathname}: ${twice ?? "no cases"}`);
  return cases;
}

export function bytesOf(told: Told): Uint8Array {
  if (typeof told === "object" && "base64" in told) return Buffer.from(told.base64, "base64");
  if (typeof told === "object" && "parts" in told) return Buffer.concat(told.parts.map(bytesOf));
  return new TextEncoder().encode(textOf(told));
}

export function textOf(told: Told): string {
  if (typeof told === "string") return told;
  if ("repeat" in told) return told.repeat.repeat(told.times);
  if ("parts" in told) return told.parts.map(textOf).join("");
  return Buffer.from(told.base64, "base64").toString("latin1");
}

/** How a document that is well is made hostile, as text: the JSON of it is never written by our own serialiser. */
export type Damage =
  | { readonly whole: Told }
  /** The first `from` becomes `to`. */
  | { readonly from: string; readonly to: Told }
  | { readonly before: Told }
  | { readonly after: Told }
  /** So many bytes are left. */
  | { readonly cut: number }
  /** A value by its dotted path; the rest stays canonical. */
  | { readonly path: string; readonly value: unknown };

/** @throws Error for damage that changes nothing: such a case would prove nothing */
export function damaged(text: string, damage: Damage, canonical: (value: unknown) => string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const made = applyDamage(text, bytes, damage, canonical);
  if (Buffer.compare(made, bytes) === 0) throw new Error(`no damage done: ${JSON.stringify(damage)}`);
  return made;
}

function applyDamage(
  text: string,
  bytes: Uint8Array,
  damage: Damage,
  canonical: (value: unknown) => string,
): Uint8Array {
  if ("whole" in damage) return bytesOf(damage.whole);
  if ("before" in damage) return Buffer.concat([bytesOf(damage.before), bytes]);
  if ("after" in damage) return Buffer.concat([bytes, bytesOf(damage.after)]);
  if ("cut" in damage) return bytes.slice(0, damage.cut);
  if ("path" in damage) return new TextEncoder().encode(canonical(withValue(text, damage)));
  const at = text.indexOf(damage.from);
  if (at === -1) throw new Error(`the document has no ${damage.from}`);
  const [head, tail] = [text.slice(0, at), text.slice(at + damage.from.length)];
  return Buffer.concat([new TextEncoder().encode(head), bytesOf(damage.to), new TextEncoder().encode(tail)]);
}

function withValue(text: string, { path, value }: { readonly path: string; readonly value: unknown }): unknown {
  const document = JSON.parse(text) as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const parent = steps.reduce((at, step) => at[step] as Record<string, unknown>, document);
  if (value === undefined || value === "(removed)") delete parent[last];
  else Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  return document;
}

/** What moves cursors, changes colours, ends lines or turns directions on the terminal of whoever reads it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
/** A line that a runner of GitHub obeys: it trims what stands before `::`, and finds `##[` anywhere. */
const workflowCommand = /^[^\S\n]*::.*::|##\[/m;
export const stackLine = /^\s+at .*[:(]\d+/m;

/** What is wrong with text that people read in a log or on a terminal; none: nothing. */
export function faultsOfOutput(text: string): readonly string[] {
  const faults: string[] = [];
  const found = control.exec(text);
  if (found)
    faults.push(`holds U+${found[0].charCodeAt(0).toString(16)} near ${JSON.stringify(around(text, found.index))}`);
  if (stackLine.test(text)) faults.push("prints a stack");
  const command = workflowCommand.exec(text);
  if (command) faults.push(`holds a workflow command: ${JSON.stringify(around(text, command.index))}`);
  return faults;
}

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 30), at + 30);
