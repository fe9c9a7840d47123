import type { z } from "zod";
import { UserError } from "../errors.ts";
import { quoteInput } from "../identifiers.ts";
import type { Config } from "./config.ts";
import { describeIssue, describeUnknownKey } from "./describe-issue.ts";
import { draftOf, type Finding } from "./draft.ts";
import { environmentSchema } from "./environment-schema.ts";
import { normalise } from "./normalise.ts";
import { judgeKeysTogether } from "./rules.ts";
import { configSchema } from "./schema.ts";
import { serviceSchema } from "./service-schema.ts";
import { type Path, readYaml } from "./yaml-document.ts";

/** One thing to mend in slipway.yaml. Line and column count from 1. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted, such as `environments.prod.soak`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}
export type ConfigAnswer =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** More than a person reads; the count in the headline is always the whole. */
const shown = 50;

/** Reads slipway.yaml: the text, then each key, then the keys together; all problems at once, in the file's order. */
export function parseConfig(text: string, file: string): ConfigAnswer {
  const document = readYaml(text);
  const problems = document.problems.map((problem) => ({ ...problem, file, path: dotted(problem.path) }));
  if (!document.value) return { ok: false, problems };
  const { data } = document.value;
  // Parsed once a process: compiling a parser for that takes longer than it saves.
  const parsed = configSchema.safeParse(data, { error: describeIssue, jitless: true });
  const findings = parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, data));
  if (typeof data === "object" && data !== null) findings.push(...judgeKeysTogether(draftOf(data)));
  for (const { path, message } of findings) {
    problems.push({ file, ...document.positionOf(path), path: dotted(path), message });
  }
  if (parsed.success && problems.length === 0) {
    return { ok: true, config: normalise(parsed.data, (path) => document.positionOf(path).line) };
  }
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function findingsOf(issue: z.core.$ZodIssue, data: unknown): Finding[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], message: describeUnknownKey(configSchema, path, key) }));
  }
  if (issue.code !== "invalid_key") return [{ path, message: issue.message }];
  return [...issue.issues.map(({ message }) => ({ path, message })), ...findingsBelowBadName(path, data)];
}

/** Zod stops at a name that it refuses; what stands below it has problems of its own all the same. */
function findingsBelowBadName(path: Path, data: unknown): Finding[] {
  const [group, name] = path;
  if (path.length !== 2 || (group !== "environments" && group !== "services")) return [];
  const parts = (data as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[group];
  const schema = group === "environments" ? environmentSchema : serviceSchema;
  const parsed = schema.safeParse(parts?.[String(name)], { error: describeIssue });
  if (parsed.success) return [];
  const below = parsed.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  return below.flatMap((issue) => findingsOf(issue, data));
}

/** Keys that are no plain words are quoted: they come from the file. */
function dotted(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const word = /^[A-Za-z0-9_-]{1,60}$/.test(step) ? step : quoteInput(step);
    return text === "" ? word : `${text}.${word}`;
  }, "");
}

/** All problems as one message for people; exit 2. */
export function configError(problems: readonly ConfigProblem[]): UserError {
  const [first] = problems;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.slice(0, shown).map(problemLine);
  if (problems.length > shown) lines.push(`and ${problems.length - shown} more`);
  return new UserError({
    code: "config-invalid",
    message: [`Config: ${first?.file ?? "slipway.yaml"} has ${count}. Nothing was done.`, ...lines].join("\n"),
    where: first ? { file: first.file, line: first.line, path: first.path || null } : null,
  });
}

const problemLine = ({ file, line, column, path, message }: ConfigProblem): string =>
  `${file}:${line}:${column}  ${path === "" ? "the file" : path}  ${message}`;
