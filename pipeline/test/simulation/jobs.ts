import { AwsSimulation } from "./aws/aws-simulation.ts";
import { playCollection } from "./collection/play.ts";
import { writeCollectionScript } from "./collection/script.ts";
import { explore } from "./explore.ts";
import { type ScenarioName, scenariosOf } from "./scenarios.ts";
import { play } from "./seeded/play.ts";
import { situationsIn } from "./seeded/reached.ts";
import { writeScript } from "./seeded/script.ts";
import { Simulation } from "./simulation.ts";

/** One portion of work, and what came of it: plain data, since they travel between threads. */
export type Job =
  | {
      readonly kind: "faults";
      readonly scenario: ScenarioName;
      readonly depth: number;
      readonly killsOnly: boolean;
      readonly full: boolean;
      /** Services and tasks behind the adapters of AWS: each API call is a call. */
      readonly aws: boolean;
    }
  | { readonly kind: "seeds" | "seasons"; readonly from: number; readonly count: number };
export interface JobEnd {
  readonly job: Job;
  /** Histories of faults, seeds, or seasons. */
  readonly tried: number;
  /** Processes that ran our own code. */
  readonly runs: number;
  readonly problems: readonly string[];
  readonly failingSeeds: readonly number[];
  readonly reached: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export async function work(job: Job): Promise<JobEnd> {
  const started = performance.now();
  const end = job.kind === "faults" ? await tryFaults(job) : await playAll(job, plays[job.kind]);
  return { job, ...end, seconds: (performance.now() - started) / 1000 };
}

type Found = Omit<JobEnd, "job" | "seconds">;

async function tryFaults({ scenario, depth, killsOnly, full, aws }: Extract<Job, { kind: "faults" }>): Promise<Found> {
  const { tried, runs, problems } = await explore({
    scenario: scenariosOf(["api"], () => (aws ? new AwsSimulation() : new Simulation()))[scenario],
    faults: depth,
    killsOnly,
    full,
  });
  return { tried, runs, problems, failingSeeds: [], reached: {} };
}

/** What one seed led to: problems, processes, and situations with how often they came up. */
type Play = (seed: number) => Promise<{
  readonly problems: readonly string[];
  readonly runs: number;
  readonly reached: Readonly<Record<string, number>>;
}>;
const plays: Readonly<Record<"seeds" | "seasons", Play>> = {
  seeds: async (seed) => {
    const { problems, runs, story } = await play(writeScript(seed));
    return { problems, runs, reached: Object.fromEntries(situationsIn(story).map((name) => [name, 1])) };
  },
  seasons: async (seed) => {
    const script = writeCollectionScript(seed);
    const { problems, seen } = await playCollection(script);
    return { problems, runs: script.acts.length, reached: seen };
  },
};

async function playAll({ kind, from, count }: Exclude<Job, { kind: "faults" }>, playOne: Play): Promise<Found> {
  const reached: Record<string, number> = {};
  const problems: string[] = [];
  const failingSeeds: number[] = [];
  let runs = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const played = await playOne(seed);
    runs += played.runs;
    for (const [name, times] of Object.entries(played.reached)) reached[name] = (reached[name] ?? 0) + times;
    if (played.problems.length === 0) continue;
    failingSeeds.push(seed);
    problems.push(`${kind.slice(0, -1)} ${seed}: ${played.problems[0]}`);
  }
  return { tried: count, runs, problems, failingSeeds, reached };
}
