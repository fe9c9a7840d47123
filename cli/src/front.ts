import { readFileSync } from "node:fs";
import type { UsageProblem } from "./arguments.ts";
import type { Call } from "./call.ts";
import { errorDocumentOf } from "./documents/error.ts";
import { helpDocument } from "./documents/help.ts";
import type { HelpDocument } from "./documents/schemas/help.ts";
import type { VersionDocument } from "./documents/schemas/version.ts";
import { versionDocument } from "./documents/version.ts";
import { helpText, verbHelp } from "./help-text.ts";
import { type Output, outputFor } from "./output.ts";
import { Redactor } from "./session/redactor.ts";
import type { Shell } from "./shell.ts";
import { quoteArgument } from "./terminal/message.ts";
import { globalFlags, promotion, type Verb, verbs } from "./verbs.ts";

/**
 * Understands a call and runs its verb; answers the exit code. Help and version load nothing else, and a word that is not
 * understood is answered with the nearest one, never run.
 */
export async function front(argv: readonly string[], shell: Shell): Promise<number> {
  const redactor = new Redactor(shell.variables);
  const isOnGitHub = shell.variables.GITHUB_ACTIONS === "true";
  const annotate = isOnGitHub ? (await import("./github/annotations.ts")).annotate : null;
  const output = outputFor(shell, argv, redactor.redact, annotate);
  const around = { shell, output, redactor };
  const exit = await dispatch(argv, around).catch((error: unknown) => tellFailure(error, around));
  if (output.error !== null && shell.variables.GITHUB_STEP_SUMMARY) {
    const { summariseError } = await import("./github/step-summary.ts");
    await summariseError(around, output.error);
  }
  return exit;
}

async function tellFailure(error: unknown, { shell, output, redactor }: Surroundings): Promise<number> {
  const { failureOf, errorDocument } = await import("./failure.ts");
  const failure = failureOf(error, redactor.redact);
  output.verdict(failure.message);
  if (failure.stack !== null) shell.stderr(`${failure.stack}\n`);
  output.document(errorDocument(failure));
  return failure.exit;
}

type Surroundings = Pick<Call, "shell" | "output" | "redactor">;

async function dispatch(argv: readonly string[], around: Surroundings): Promise<number> {
  const { output } = around;
  const { word, rest } = splitVerb(argv);
  const verb = word === null ? promotion : verbs.find(({ name }) => name === word);
  if (!verb) return unknownVerb(word ?? "", output);
  const flags = beforeCommand(rest);
  if (flags.includes("--help")) {
    const columns = output.style.columns();
    const [about, of, text] =
      word === null ? ([null, "all", helpText(columns)] as const) : ([word, "verb", verbHelp(verb, columns)] as const);
    return answer(output, helpDocument(about, of, text.trimEnd().split("\n")));
  }
  if (flags.includes("--version")) return answer(output, versionDocument(`promote ${version()}\n`));
  const { parseArguments } = await import("./arguments.ts");
  const isAlone = word === null && parseArguments({ ...promotion, flags: [] }, rest).status === "parsed";
  if (isAlone) return alone(rest, around);
  const parsed = parseArguments(verb, rest);
  if (parsed.status === "usage") return refuse(await explain(parsed.problem, verb, rest), output);
  if (!verb.load) return refuse({ text: `promote ${verb.name} is not in this version. Nothing was changed.` }, output);
  const { run } = await verb.load();
  return run({ verb: verb.name, args: parsed.args, ...around });
}

const valued = new Set(globalFlags.flatMap(({ name, value }) => (value === null ? [] : [`--${name}`])));
const isGlobal = (word: string): boolean => globalFlags.some(({ name }) => word.replace(/=.*$/s, "") === `--${name}`);

/** The verb is the first word; only flags of every verb may stand before it. */
function splitVerb(argv: readonly string[]): { readonly word: string | null; readonly rest: readonly string[] } {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (!word.startsWith("-")) return { word, rest: [...argv.slice(0, at), ...argv.slice(at + 1)] };
    if (!isGlobal(word)) break;
    if (valued.has(word)) at += 1;
  }
  return { word: null, rest: argv };
}

const beforeCommand = (argv: readonly string[]): readonly string[] => {
  const end = argv.indexOf("--");
  return end === -1 ? argv : argv.slice(0, end);
};
/** A pipeline whose variables are empty must not turn green; a person wants to see what runs. */
async function alone(argv: readonly string[], around: Surroundings): Promise<number> {
  if (around.shell.isTerminal) return dispatch(["status", ...argv], around);
  const text = "promote --sha <sha> --env <env>. Nothing was changed.";
  return refuse({ text, next: ["promote --help"] }, around.output);
}

interface Usage {
  readonly text: string;
  readonly next?: readonly string[];
}

function refuse({ text, next = [] }: Usage, output: Output): number {
  output.verdict({ verdict: "Usage", text, next: /Did you mean/.test(text) ? [] : next });
  output.document(errorDocumentOf("usage", 2, text, next));
  return 2;
}

function answer(output: Output, document: HelpDocument | VersionDocument): number {
  output.table([document.text.trimEnd()]);
  output.document(document);
  return 0;
}

async function unknownVerb(word: string, output: Output): Promise<number> {
  const { nearestWord, quoteInput } = await import("@slipway/pipeline");
  const near = nearestWord(
    word,
    verbs.map(({ name }) => name),
  );
  const text = `${quoteInput(word)} is not a verb.`;
  if (near) return refuse({ text: `${text} Did you mean  promote ${near} ?`, next: [`promote ${near}`] }, output);
  return refuse({ text: `${text} Nothing was changed.`, next: ["promote --help"] }, output);
}

async function explain(problem: UsageProblem, verb: Verb, argv: readonly string[]): Promise<Usage> {
  const called = verb.name === "" ? "promote" : `promote ${verb.name}`;
  const help = [`${called} --help`];
  const { word, message, candidates } = problem;
  if (word === null) return { text: `${message}. Nothing was changed.`, next: help };
  const { nearestWord, quoteInput } = await import("@slipway/pipeline");
  const of = problem.kind === "unknown-word" && candidates.length === 0 ? ` for ${called}` : ` of ${called}`;
  const list = problem.kind === "unknown-word" && candidates.length > 0 ? ` (${candidates.join(", ")})` : "";
  const text = `${quoteInput(word)} ${message}${of}${list}. Nothing was changed.`;
  const near = nearestWord(word, candidates);
  if (!near) return { text, next: help };
  const corrected = argv.map((one) => (one === word || one.startsWith(`${word}=`) ? one.replace(word, near) : one));
  return { text, next: [[called, ...corrected.map(quoteArgument)].join(" ")] };
}

/** Of the package beside this file, in the checkout and when it is built. */
function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version?: unknown }).version);
}
