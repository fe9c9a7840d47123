import { explore } from "./explore.ts";
import { type ScenarioName, scenariosOf } from "./scenarios.ts";
import { play } from "./seeded/play.ts";
import { situationsIn } from "./seeded/reached.ts";
import { writeScript } from "./seeded/script.ts";

/** One portion of work, and what came of it: plain data, since they travel between threads. */
export type Job =
  | {
      readonly kind: "faults";
      readonly scenario: ScenarioName;
      readonly depth: number;
      readonly killsOnly: boolean;
      readonly full: boolean;
    }
  | { readonly kind: "seeds"; readonly from: number; readonly count: number };
export interface JobEnd {
  readonly job: Job;
  /** Histories of faults, or seeds. */
  readonly tried: number;
  /** Runs of the real promotion. */
  readonly runs: number;
  readonly problems: readonly string[];
  readonly failingSeeds: readonly number[];
  readonly reached: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export async function work(job: Job): Promise<JobEnd> {
  const started = performance.now();
  const end = job.kind === "faults" ? await tryFaults(job) : await playSeeds(job);
  return { job, ...end, seconds: (performance.now() - started) / 1000 };
}

type Found = Omit<JobEnd, "job" | "seconds">;

async function tryFaults({ scenario, depth, killsOnly, full }: Extract<Job, { kind: "faults" }>): Promise<Found> {
  const { tried, runs, problems } = await explore({
    scenario: scenariosOf(["api"])[scenario],
    faults: depth,
    killsOnly,
    full,
  });
  return { tried, runs, problems, failingSeeds: [], reached: {} };
}

async function playSeeds({ from, count }: Extract<Job, { kind: "seeds" }>): Promise<Found> {
  const reached: Record<string, number> = {};
  const problems: string[] = [];
  const failingSeeds: number[] = [];
  let runs = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const played = await play(writeScript(seed));
    runs += played.runs;
    for (const situation of situationsIn(played.story)) reached[situation] = (reached[situation] ?? 0) + 1;
    if (played.problems.length === 0) continue;
    failingSeeds.push(seed);
    problems.push(`seed ${seed}: ${played.problems[0]}`);
  }
  return { tried: count, runs, problems, failingSeeds, reached };
}
