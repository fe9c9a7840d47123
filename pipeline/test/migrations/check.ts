import { type AttemptEnd, isBehind } from "./attempt.ts";
import type { Found, Trace } from "./referee.ts";

export interface Evidence {
  readonly schema: string;
  /** Names of the set, in order, and those that ask for no transaction. */
  readonly names: readonly string[];
  readonly outside: ReadonlySet<string>;
  /** One of them fails for the first who runs it. */
  readonly failsOnce: boolean;
  /** Everybody who tried this schema. */
  readonly ends: readonly AttemptEnd[];
  readonly found: Found;
}

/** Beyond its patience: it may have stood still, on a machine where many do something. */
const slackMilliseconds = 10_000;

/** Everything that is wrong, in words. Reads what was found in the database, and what the attempts said of themselves. */
export function check(evidence: Evidence): readonly string[] {
  const problems = [
    ...judgeTraces(evidence),
    ...judgeOverlaps(evidence.found.traces),
    ...judgeRecords(evidence),
    ...judgeReports(evidence),
    ...evidence.ends.flatMap((end) => judgeEnd(evidence, end)),
  ];
  return problems.map((problem) => `${evidence.schema}: ${problem}`);
}

const tracesOf = ({ schema, found }: Evidence): readonly Trace[] =>
  found.traces.filter((trace) => trace.schema === schema);

/** Each once, in order, by runs of an order that never falls. */
function judgeTraces(evidence: Evidence): readonly string[] {
  const traces = tracesOf(evidence);
  const ran = traces.map(({ name }) => name);
  const byId = new Map(evidence.ends.map((end) => [end.id, end]));
  const problems = [...new Set(ran)].flatMap((name) => {
    const times = ran.filter((other) => other === name).length;
    return times > 1 ? [`${name} ran ${times} times`] : [];
  });
  if (problems.length === 0 && ran.join() !== evidence.names.slice(0, ran.length).join())
    problems.push(`${ran.join(", ")} ran, in this order, of ${evidence.names.join(", ")}`);
  for (const [index, { name, attempt }] of traces.entries()) {
    const [before, by] = [byId.get(traces[index - 1]?.attempt ?? ""), byId.get(attempt)];
    if (by === undefined) problems.push(`${name} was run by ${attempt}, whom nobody sent`);
    else if (before && isBehind(by, before))
      problems.push(`${name} was run by ${by.epoch}.${by.attempt}, after ${before.epoch}.${before.attempt} had run`);
  }
  return problems;
}

/** Of all schemas, in the order of their beginning. */
function judgeOverlaps(traces: readonly Trace[]): readonly string[] {
  return traces.flatMap((trace, index) => {
    const before = traces[index - 1];
    if (before?.ended == null || before.ended <= trace.began) return [];
    const milliseconds = (before.ended - trace.began).toFixed(1);
    return [`${before.schema}.${before.name} and ${trace.schema}.${trace.name} were both live for ${milliseconds} ms`];
  });
}

/** What is recorded is what ran, in every table where it is recorded; half run is only what was begun outside. */
function judgeRecords(evidence: Evidence): readonly string[] {
  const { found, outside, ends } = evidence;
  const problems: string[] = [];
  const finished = found.recorded.filter(({ isFinished }) => isFinished).map(({ name }) => name);
  const halfRun = found.recorded.filter(({ isFinished }) => !isFinished).map(({ name }) => name);
  const ran = tracesOf(evidence).map(({ name }) => name);
  const settled = ran.filter((name) => !halfRun.includes(name));
  if (finished.toSorted().join() !== settled.toSorted().join())
    problems.push(`recorded is ${finished.join(", ")}, and ${settled.join(", ")} ran`);
  for (const name of halfRun) if (!outside.has(name)) problems.push(`${name} is half run, and has a transaction`);
  if (halfRun.length > 1) problems.push(`${halfRun.join(", ")} are half run at the same time`);
  if (halfRun.length > 0 && !ends.some(isDisturbed)) problems.push("something is half run, and nobody was disturbed");
  if (found.knex !== null && found.knex.join() !== finished.toSorted().join())
    problems.push(`knex's table says ${found.knex.join(", ")}, ours ${finished.join(", ")}`);
  if (found.knexLocks !== null && found.knexLocks !== 1) problems.push(`knex has ${found.knexLocks} lock rows`);
  if (found.fences.length !== 1) problems.push(`the fence has ${found.fences.length} rows`);
  const dead = ends.filter(({ id, how }) => how === "died" && found.sessions.includes(id));
  for (const { id } of dead) problems.push(`${id} was killed, and its session is still there`);
  return problems;
}

const isDisturbed = (end: AttemptEnd): boolean =>
  end.how === "died" || end.suffered.has("told-to-stop") || end.suffered.has("cut") || codeOf(end) === "22012";

const codeOf = (end: AttemptEnd): string | null => (end.how === "answered" ? (end.result.failure?.code ?? null) : null);

/** What somebody says to have run is what that one ran; and nobody who gave an answer keeps something to himself. */
function judgeReports(evidence: Evidence): readonly string[] {
  const ranBy = new Map(tracesOf(evidence).map(({ name, attempt }) => [name, attempt]));
  const finished = new Set(evidence.found.recorded.filter(({ isFinished }) => isFinished).map(({ name }) => name));
  return evidence.ends.flatMap((end) => {
    if (end.how !== "answered") return [];
    const { ran, applied, appliedKnown, status } = end.result;
    const others = ran.filter((name) => ranBy.get(name) !== end.id);
    const lost = applied.map(({ name }) => name).filter((name) => !finished.has(name));
    const silent = [...ranBy].filter(([name, by]) => by === end.id && finished.has(name) && !ran.includes(name));
    const missing = status === "done" && end.task === "run" ? end.names.filter((name) => !finished.has(name)) : [];
    return [
      ...others.map((name) => `${end.id} says that it ran ${name}, and did not`),
      ...lost.map((name) => `${end.id} says that ${name} is applied, and it is not`),
      ...missing.map((name) => `${end.id} says that it is done, and ${name} is not applied`),
      // Whoever was cut off does not know what became of its last commit, and says so.
      ...(appliedKnown === false ? [] : silent.map(([name]) => `${end.id} ran ${name} and does not say so`)),
    ];
  });
}

function judgeEnd({ ends, outside, failsOnce }: Evidence, end: AttemptEnd): readonly string[] {
  if (end.how === "died") return [];
  if (end.how === "broke") return [`${end.id}: its process broke down`];
  if (end.how === "stuck") return [`${end.id} gave no answer in ${Math.round(end.milliseconds)} ms`];
  const { status, failure } = end.result;
  const unexpected = [
    `${end.id} ended with ${failure?.code ?? status}: ${failure?.message ?? ""}\n    ${end.lines.join("\n    ")}`,
  ];
  const expect = (isSo: boolean): readonly string[] => (isSo ? [] : unexpected);
  if (failure === null) return expect(status === "done");
  const isInTime = end.result.milliseconds <= end.patienceSeconds * 1_000 + slackMilliseconds;
  switch (failure.code) {
    case "fenced":
      return expect(ends.some((other) => isBehind(end, other)));
    case "half-run":
      return expect(outside.has(failure.migration ?? "") && ends.some(isDisturbed));
    case "lock-timeout":
      return expect(isInTime && end.patienceSeconds < 5);
    case "terminated":
      return expect(end.suffered.has("told-to-stop"));
    case "22012":
      return expect(failsOnce);
    default:
      return expect(end.suffered.has("cut") && isLostConnection(failure.code, failure.message));
  }
}

/** As the server says it, and as drivers do. */
const isLostConnection = (code: string, message: string): boolean =>
  ["57P01", "ECONNRESET", "EPIPE"].includes(code) || /connection/i.test(message);
