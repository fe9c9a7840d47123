import { Parser } from "yargs/helpers";
import { type Flag, globalFlags, type Verb } from "./verbs.ts";

/** What was typed, each flag at most once, but for those that repeat, and none of them empty. */
export interface Arguments {
  readonly values: Readonly<Record<string, string>>;
  /** Of flags that may be given again. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly switches: ReadonlySet<string>;
  readonly words: readonly string[];
  /** After `--`. */
  readonly command: readonly string[];
}
export interface UsageProblem {
  readonly kind: "unknown-flag" | "unknown-word" | "usage";
  /** The word that is not one, where that is the problem. */
  readonly word: string | null;
  /** What it could have been. */
  readonly candidates: readonly string[];
  readonly message: string;
}
export type ParsedArguments =
  | { readonly status: "parsed"; readonly args: Arguments }
  | { readonly status: "usage"; readonly problem: UsageProblem };

const configuration = {
  "boolean-negation": false,
  "camel-case-expansion": false,
  "dot-notation": false,
  "duplicate-arguments-array": true,
  "greedy-arrays": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "populate--": true,
  "short-option-groups": false,
  "unknown-options-as-args": true,
};

/** Flags and words of one verb. What is not understood is named, never passed over. */
export function parseArguments(verb: Verb, argv: readonly string[]): ParsedArguments {
  const flags = [...verb.flags, ...globalFlags];
  const valued = flags.filter((flag) => flag.value !== null).map((flag) => flag.name);
  const switches = flags.filter((flag) => flag.value === null).map((flag) => flag.name);
  const { argv: parsed, error } = Parser.detailed([...argv], {
    string: valued,
    boolean: switches,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    configuration,
  });
  const repeating = new Set(flags.filter((flag) => flag.repeats).map((flag) => flag.name));
  const command = (parsed["--"] ?? []).map(String);
  const typed = parsed._.map(String);
  const problem =
    unknownFlag([...typed, ...singleDashed(argv.slice(0, argv.length - command.length), valued)], flags) ??
    flagProblem(
      valued,
      switches,
      argv.slice(0, argv.length - command.length),
      error?.message ?? null,
      Object.entries(parsed).flatMap(([name, value]) =>
        repeating.has(name) && Array.isArray(value)
          ? value.map((one) => [name, one] as const)
          : [[name, value] as const],
      ),
    ) ??
    wordProblem(verb, typed, command);
  if (problem) return { status: "usage", problem };
  return {
    status: "parsed",
    args: {
      values: Object.fromEntries(
        valued.flatMap((name) =>
          typeof parsed[name] === "string" && !repeating.has(name) ? [[name, parsed[name]]] : [],
        ),
      ),
      lists: Object.fromEntries(
        [...repeating].flatMap((name) =>
          parsed[name] === undefined ? [] : [[name, [parsed[name]].flat().map(String)]],
        ),
      ),
      switches: new Set(switches.filter((name) => parsed[name] === true)),
      words: typed,
      command,
    },
  };
}

const usage = (message: string): UsageProblem => ({ kind: "usage", word: null, candidates: [], message });

function unknownFlag(typed: readonly string[], flags: readonly Flag[]): UsageProblem | null {
  const word = typed.find((one) => one.startsWith("-"))?.replace(/=.*$/s, "");
  if (word === undefined) return null;
  return {
    kind: "unknown-flag",
    word,
    candidates: flags.map((flag) => `--${flag.name}`),
    message: "is not a flag",
  };
}

/** `-sha` is no flag, though the parser takes it for one: only what stands where a value belongs may begin with one dash. */
const singleDashed = (argv: readonly string[], valued: readonly string[]): readonly string[] =>
  argv.filter((word, at) => /^-[^-]/.test(word) && !valued.some((name) => argv[at - 1] === `--${name}`));

function flagProblem(
  valued: readonly string[],
  switches: readonly string[],
  argv: readonly string[],
  because: string | null,
  parsed: readonly (readonly [name: string, value: unknown])[],
): UsageProblem | null {
  const lacking = /Not enough arguments following: (\S+)/.exec(because ?? "")?.[1];
  if (lacking) return usage(`--${lacking} needs a value`);
  const repeated = switches.find((name) => argv.filter((word) => word === `--${name}`).length > 1);
  if (repeated) return usage(`--${repeated} was given more than once; once says it`);
  for (const [name, value] of parsed) {
    if (!(valued.includes(name) || switches.includes(name))) continue;
    if (Array.isArray(value)) return usage(`--${name} was given ${value.length} times; once says it`);
    if (valued.includes(name) && typeof value === "string" && value.trim() === "")
      return usage(`--${name} is empty; a variable may not have been set`);
    if (typeof value === "string" && value.includes("\0")) return usage(`--${name} holds a NUL`);
    if (switches.includes(name) && value === false) return usage(`--${name} takes no value`);
  }
  return because === null ? null : usage(because);
}

function wordProblem(verb: Verb, typed: readonly string[], command: readonly string[]): UsageProblem | null {
  if (command.length > 0 && !verb.takesCommand) return usage("nothing is run after --");
  const [first] = typed;
  if (verb.words && first !== undefined && !verb.words.includes(first))
    return { kind: "unknown-word", word: first, candidates: verb.words, message: "is no word" };
  const word = typed[verb.mostWords];
  return word === undefined ? null : { kind: "unknown-word", word, candidates: [], message: "is one word too many" };
}
