/**
 * npm run test:simulation -- [--seeds 100000] [--from 1] [--depth 2] [--scenarios a,b] [--kills] [--full] [--seed N]
 * Every pair of faults, then seeded runs of many at once. --kills --depth 3: all triples of crashes. --seed: one seed, told as a story.
 */
import { appendFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Job, JobEnd } from "./jobs.ts";
import { type ScenarioName, scenariosOf } from "./scenarios.ts";
import { play } from "./seeded/play.ts";
import { situations } from "./seeded/reached.ts";
import { writeScript } from "./seeded/script.ts";
import { shrink } from "./seeded/shrink.ts";
import { tell } from "./seeded/story.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100000" },
    from: { type: "string", default: "1" },
    depth: { type: "string", default: "2" },
    scenarios: { type: "string" },
    kills: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    seed: { type: "string" },
  },
});
/** With fewer seeds than this, a rare situation may well not come up. */
const seedsForAll = 20_000;
const seedsInOneJob = 250;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tellWhoWaits = (line: string): void => void process.stderr.write(`${line}\n`);

async function tellOne(seed: number): Promise<number> {
  const played = await play(writeScript(seed));
  if (played.problems.length === 0) {
    say([...tell(played.story), `seed ${seed}: ${played.runs} runs, nothing wrong`].join("\n"));
    return 0;
  }
  const { script, played: least } = await shrink(writeScript(seed));
  say(JSON.stringify(script, null, 1));
  say([...tell(least.story), ...least.problems.map((problem) => `!! ${problem}`)].join("\n"));
  return 1;
}

async function tryEverything(): Promise<number> {
  const all = Object.keys(scenariosOf(["api"])) as ScenarioName[];
  const names = values.scenarios === undefined ? all : values.scenarios.split(",").map((name) => asScenario(name, all));
  const depth = Number(values.depth);
  const faults: readonly Job[] =
    depth === 0
      ? []
      : names.map((scenario) => ({ kind: "faults", scenario, depth, killsOnly: values.kills, full: values.full }));
  const [from, seeds] = [Number(values.from), Number(values.seeds)];
  const portions: Job[] = [];
  for (let at = from; at < from + seeds; at += seedsInOneJob)
    portions.push({ kind: "seeds", from: at, count: Math.min(seedsInOneJob, from + seeds - at) });

  const pairs = await onAllCores(faults, `sequences of ${depth} ${values.kills ? "crashes" : "faults"}`);
  for (const { job, tried, runs, seconds } of pairs)
    if (job.kind === "faults")
      say(`${job.scenario.padEnd(18)} ${tried} sequences, ${runs} runs, ${seconds.toFixed(0)} s of one core`);
  const seeded = await onAllCores(portions, "seeds");
  const problems = [...pairs, ...seeded].flatMap((end) => end.problems);
  const unreached = sayReached(seeded, seeds);
  for (const problem of problems.slice(0, 10)) tellWhoWaits(`\n${problem}`);
  const failing = seeded.flatMap((end) => end.failingSeeds);
  if (failing.length > 0) tellWhoWaits(`\nreplay: npm run test:simulation -- --seed ${failing[0]}`);
  record(values.kills ? "crash-sequences" : `fault-sequences-${depth}`, pairs, "sequences of faults");
  record("seeded-runs", seeded, "seeds of 2 to 5 promoters");
  say(`${problems.length} problems, ${unreached.length} situations not reached`);
  return problems.length + unreached.length > 0 ? 1 : 0;
}

function asScenario(name: string, all: readonly ScenarioName[]): ScenarioName {
  const found = all.find((one) => one === name);
  if (found === undefined) throw new Error(`--scenarios takes ${all.join(", ")}; got ${name}`);
  return found;
}

async function onAllCores(jobs: readonly Job[], what: string): Promise<readonly JobEnd[]> {
  const started = performance.now();
  const waiting = jobs.toReversed();
  const ends: JobEnd[] = [];
  const show = setInterval(() => tellWhoWaits(progressOf(ends, jobs.length, what, started)), 2_000);
  const cores = Math.min(availableParallelism(), jobs.length);
  await Promise.all(Array.from({ length: cores }, () => oneCore(waiting, ends)));
  clearInterval(show);
  if (jobs.length > 0) say(progressOf(ends, jobs.length, what, started));
  return ends;
}

async function oneCore(waiting: Job[], ends: JobEnd[]): Promise<void> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  try {
    for (let job = waiting.pop(); job; job = waiting.pop()) ends.push(await ask(worker, job));
  } finally {
    await worker.terminate();
  }
}

const ask = (worker: Worker, job: Job): Promise<JobEnd> =>
  new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (end: JobEnd) => {
      worker.off("error", reject);
      resolve(end);
    });
    worker.postMessage(job);
  });

function progressOf(ends: readonly JobEnd[], jobs: number, what: string, started: number): string {
  const sum = (of: (end: JobEnd) => number): number => ends.reduce((total, end) => total + of(end), 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return `${sum((end) => end.tried)} ${what}, ${sum((end) => end.runs)} runs, ${sum((end) => end.problems.length)} problems; ${ends.length} of ${jobs} portions, ${seconds} s`;
}

/** Situations that no seed led into, if there were enough seeds to say so. */
function sayReached(seeded: readonly JobEnd[], seeds: number): readonly string[] {
  if (seeds === 0) return [];
  const counts = Object.keys(situations).map(
    (name) => [name, seeded.reduce((sum, end) => sum + (end.reached[name] ?? 0), 0)] as const,
  );
  for (const [name, count] of counts.toSorted((a, b) => a[1] - b[1])) say(`${String(count).padStart(8)}  ${name}`);
  const unreached = counts.filter(([, count]) => count === 0).map(([name]) => name);
  return seeds < seedsForAll ? [] : unreached;
}

/** For the page of guarantees. */
function record(promise: string, ends: readonly JobEnd[], unit: string): void {
  const file = process.env.SLIPWAY_GUARANTEES;
  if (file === undefined || ends.length === 0) return;
  const sum = (of: (end: JobEnd) => number): number => ends.reduce((total, end) => total + of(end), 0);
  const line = {
    promise,
    tries: sum((end) => end.tried),
    unit,
    failures: sum((end) => end.problems.length),
    seconds: Math.round(sum((end) => end.seconds)),
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

if (values.seed === undefined) process.exitCode = await tryEverything();
else process.exitCode = await tellOne(Number(values.seed));
