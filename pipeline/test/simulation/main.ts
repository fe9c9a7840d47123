/**
 * npm run test:simulation -- [--seeds 100000] [--seasons 2000] [--from 1] [--depth 2] [--scenarios a,b] [--kills] [--full] [--aws] [--seed N] [--season N]
 * Every pair of faults, then seeded runs of many at once, then seasons of publishers, promotions and collectors. --kills --depth 3: all triples of
 * crashes. --aws: with the adapters of AWS, each API call a call that faults strike, and times of the store in whole seconds. --seed, --season: one of them, told as a story.
 */
import { appendFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { playCollection, seasonSituations } from "./collection/play.ts";
import { writeCollectionScript } from "./collection/script.ts";
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
    aws: { type: "boolean", default: false },
    seed: { type: "string" },
    seasons: { type: "string", default: "2000" },
    season: { type: "string" },
  },
});
/** With fewer seeds than this, a rare situation may well not come up. */
const seedsForAll = 20_000;
const seedsInOneJob = 250;
const seasonsInOneJob = 25;
/** With fewer seasons than this, the same. */
const seasonsForAll = 1_000;

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

async function tellSeason(seed: number): Promise<number> {
  const { story, problems } = await playCollection(writeCollectionScript(seed));
  say([...story, ...problems.map((problem) => `!! ${problem}`)].join("\n"));
  return problems.length > 0 ? 1 : 0;
}

async function tryEverything(): Promise<number> {
  const all = Object.keys(scenariosOf(["api"])) as ScenarioName[];
  const names = values.scenarios === undefined ? all : values.scenarios.split(",").map((name) => asScenario(name, all));
  const depth = Number(values.depth);
  const faults: readonly Job[] =
    depth === 0
      ? []
      : names.map((scenario) => ({
          kind: "faults",
          scenario,
          depth,
          killsOnly: values.kills,
          full: values.full,
          aws: values.aws,
        }));
  const [seeds, seasons] = [Number(values.seeds), Number(values.seasons)];

  const pairs = await onAllCores(faults, `sequences of ${depth} ${values.kills ? "crashes" : "faults"}`);
  for (const { job, tried, runs, seconds } of pairs)
    if (job.kind === "faults")
      say(`${job.scenario.padEnd(18)} ${tried} sequences, ${runs} runs, ${seconds.toFixed(0)} s of one core`);
  const seeded = await onAllCores(inPortions("seeds", seeds, seedsInOneJob), "seeds");
  const collected = await onAllCores(inPortions("seasons", seasons, seasonsInOneJob), "seasons");
  const problems = [...pairs, ...seeded, ...collected].flatMap((end) => end.problems);
  const unreached = [
    ...sayReached(Object.keys(situations), seeded, seeds >= seedsForAll),
    ...sayReached(seasonSituations, collected, seasons >= seasonsForAll),
  ];
  for (const problem of problems.slice(0, 10)) tellWhoWaits(`\n${problem}`);
  const failing = seeded.flatMap((end) => end.failingSeeds);
  if (failing.length > 0) tellWhoWaits(`\nreplay: npm run test:simulation -- --seed ${failing[0]}`);
  const broken = collected.flatMap((end) => end.failingSeeds);
  if (broken.length > 0) tellWhoWaits(`\nreplay: npm run test:simulation -- --season ${broken[0]}`);
  record(promiseOf(depth), pairs, "sequences of faults");
  record("seeded-runs", seeded, "seeds of 2 to 5 promoters");
  record("collection", collected, "seasons of publishers, promotions and collectors");
  say(`${problems.length} problems, ${unreached.length} situations not reached`);
  return problems.length + unreached.length > 0 ? 1 : 0;
}

const promiseOf = (depth: number): string =>
  `${values.kills ? "crash-sequences" : `fault-sequences-${depth}`}${values.aws ? "-aws" : ""}`;

function inPortions(kind: "seeds" | "seasons", count: number, inOne: number): readonly Job[] {
  const from = Number(values.from);
  const portions: Job[] = [];
  for (let at = from; at < from + count; at += inOne)
    portions.push({ kind, from: at, count: Math.min(inOne, from + count - at) });
  return portions;
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
function sayReached(names: readonly string[], ends: readonly JobEnd[], isEnough: boolean): readonly string[] {
  if (ends.length === 0) return [];
  const counts = names.map((name) => [name, ends.reduce((sum, end) => sum + (end.reached[name] ?? 0), 0)] as const);
  for (const [name, count] of counts.toSorted((a, b) => a[1] - b[1])) say(`${String(count).padStart(8)}  ${name}`);
  const unreached = counts.filter(([, count]) => count === 0).map(([name]) => name);
  return isEnough ? unreached : [];
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

if (values.seed !== undefined) process.exitCode = await tellOne(Number(values.seed));
else if (values.season !== undefined) process.exitCode = await tellSeason(Number(values.season));
else process.exitCode = await tryEverything();
