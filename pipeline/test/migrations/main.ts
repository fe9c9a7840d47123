/**
 * npm run test:migrations -- [--attempts 10000] [--seed 1] [--processes 8] [--arenas 3] [--freed-within 500]
 * The migration runner in several processes at once, against one Postgres, while they are killed and stopped; stops at the
 * first set of migrations that went wrong. The seed draws the sets and what happens to them, not the moments.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Contest, playContest, quantile } from "./contest.ts";

const { values } = parseArgs({
  options: {
    attempts: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    processes: { type: "string", default: "8" },
    arenas: { type: "string", default: "3" },
    "freed-within": { type: "string", default: "500" },
  },
});
const showEverySeconds = 5;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tellWhoWaits = (line: string): void => void process.stderr.write(`${line}\n`);

const over = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => over.abort());

let shown = 0;
let told = 0;
const contest = await playContest({
  seed: Number(values.seed),
  attempts: Number(values.attempts),
  processes: Number(values.processes),
  arenas: Number(values.arenas),
  freedWithinMilliseconds: Number(values["freed-within"]),
  signal: over.signal,
  onSet: (all) => {
    for (const problem of all.problems.slice(told)) tellWhoWaits(problem);
    told = Math.max(told, all.problems.length);
    if (all.seconds < shown + showEverySeconds) return;
    shown = all.seconds;
    tellWhoWaits(summaryOf(all));
  },
});
say(`migrations-contended: ${summaryOf(contest)}`);
say(`  ${contest.sets} sets in ${contest.databases} databases, ${contest.applied} files reported applied`);
say(
  `  ends: ${Object.entries(contest.ends)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ")}`,
);
say(`  files left half run, and named: ${contest.halfRun}`);
say(`  a dead client's lock was free after ${spread(contest.freed)}, ${contest.freed.length} times`);
say(`    counted from when its process was gone: ${spread(contest.freedSinceGone)}`);
say(`  an attempt took ${spread(contest.took)}`);
const file = process.env.SLIPWAY_GUARANTEES;
if (file !== undefined) {
  const line = {
    promise: "migrations-contended",
    tries: contest.attempts,
    unit: "contended runs of the migration runner by processes that were killed and stopped",
    failures: contest.problems.length,
    seconds: Math.round(contest.seconds),
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
process.exitCode = contest.problems.length > 0 ? 1 : 0;

function summaryOf({ attempts, kills, stops, problems, seconds }: Contest): string {
  const counts = `${attempts} attempts, ${kills} kills, ${stops} stops, ${problems.length} problems`;
  return `${counts}; ${Math.round(seconds)} s, ${(attempts / Math.max(1, seconds)).toFixed(1)} a second`;
}

function spread(ascending: readonly number[]): string {
  const [median, late, last] = [0.5, 0.99, 1].map((fraction) => Math.round(quantile(ascending, fraction)));
  return `${median} ms (median), ${late} ms (p99), ${last} ms (longest)`;
}
