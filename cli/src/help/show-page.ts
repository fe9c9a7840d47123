import { buildRefusals, exitCodes, failures, refusals } from "@slipway/pipeline";
import { helpText } from "../help-text.ts";
import { wrap } from "../terminal/wrap.ts";
import { type Flag, promotion, type Verb, verbs } from "../verbs.ts";
import type { CodePage, VerbPage } from "./page.ts";
import { codeGroups } from "./pages.ts";

const spell = ({ name, value }: Flag): string => `--${name}${value === null ? "" : ` ${value}`}`;
const callOf = ({ name }: Verb): string => (name === "" ? "promote" : `promote ${name}`);
export const verbNamed = (name: string): Verb | null =>
  name === "promote" ? promotion : (verbs.find((verb) => verb.name === name) ?? null);

/** Everything that there is a page about. */
export function overviewLines(columns: number): readonly string[] {
  const codes = codeGroups.flatMap(({ title, pages }) => labelled(title, Object.keys(pages).join("  "), columns, 18));
  return [helpText(columns).trimEnd(), "", "Codes, a page each: promote help <code>", ...codes];
}

export function verbLines(verb: Verb, page: VerbPage, columns: number): readonly string[] {
  const width = Math.max(0, ...verb.flags.map((flag) => spell(flag).length)) + 3;
  const flags = verb.flags.flatMap((flag) => wrap(`  ${spell(flag).padEnd(width)}${flag.help}`, columns, width + 2));
  const exits = Object.entries(page.exits).flatMap(([exit, when]) => wrap(`  ${exit.padEnd(5)}${when}`, columns, 7));
  const commands = Math.max(...page.examples.map(([command]) => command.length));
  // A command that has to be cut can no longer be pasted.
  const examples = page.examples.flatMap(([command, remark]) =>
    2 + commands + 3 + remark.length <= columns
      ? [`  ${command.padEnd(commands)}   ${remark}`]
      : [`  ${command}`, `      ${remark}`],
  );
  return [
    ...wrap(`${callOf(verb)}: ${verb.help}.${verb.load ? "" : " Not in this version."}`, columns, 2),
    "",
    `  promote ${verb.usage}`,
    "",
    ...page.about.flatMap((text) => [...wrap(text, columns, 0), ""]),
    ...(flags.length === 0 ? [] : ["Flags", ...flags, ""]),
    "Examples",
    ...examples,
    "",
    "Exit codes",
    ...wrap("  0 done   1 bug   2 usage   7 could not tell: run it again", columns, 2),
    ...exits,
  ];
}

export function codeLines(code: string, page: CodePage, columns: number): readonly string[] {
  return [
    `${code}   ${traitsOf(code)}`,
    ...labelled("why", page.why, columns),
    ...labelled("look at", page.look, columns),
    ...labelled("do", page.help, columns),
    ...(page.command === null ? [] : ["", `Next   ${page.command}`]),
  ];
}

const labelled = (label: string, text: string, columns: number, width = 10): readonly string[] =>
  wrap(`  ${label.padEnd(width)}${text}`, columns, width + 2);

/** How it ends, and what may pass over it. */
export function traitsOf(code: string): string {
  const refusal = Object.entries(refusals).find(([name]) => name === code)?.[1];
  if (!refusal) return `exit ${exitOfCode(code)}`;
  const may = refusal.overridable ? ", can be overridden where policy allows it" : "";
  return `exit ${exitOfCode(code)}${may}${refusal.appliesToRollback ? ", asked of a rollback too" : ""}`;
}

/** A refusal of which only "could not tell" is known ends with 7; everything else as here. */
export function exitOfCode(code: string): number {
  const failure = Object.entries(failures).find(([name]) => name === code)?.[1];
  if (failure !== undefined) return failure;
  if (code === "bug") return exitCodes.bug;
  if (code === "lease-held") return exitCodes.busy;
  return code in refusals || buildRefusals.some((name) => name === code) ? exitCodes.refused : exitCodes.usage;
}
