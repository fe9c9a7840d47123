import { rm } from "node:fs/promises";
import { bundlePrograms } from "./bundle.ts";
import { playRealRound } from "./real-round.ts";
import { playVirtualRound } from "./virtual-round.ts";
import { addTallies, nothingTallied, type RoundEnd } from "./witness.ts";

export interface Rounds extends RoundEnd {
  readonly seconds: number;
  readonly seeds: number;
}
/** Rounds are played until one of them is reached. */
export interface RoundsWanted {
  readonly from: number;
  readonly acquisitions: number;
  readonly seconds: number;
  readonly onRound?: (all: Rounds, seed: number) => void;
}

/** One after another, each with the next seed; the first that shows something wrong is the last. */
async function playRounds(play: (seed: number) => Promise<RoundEnd>, wanted: RoundsWanted): Promise<Rounds> {
  const started = performance.now();
  let all: Rounds = { tally: nothingTallied, kills: 0, stops: 0, struck: {}, problems: [], seconds: 0, seeds: 0 };
  for (let seed = wanted.from; isWanted(all, wanted); seed += 1) {
    const end = await play(seed);
    all = {
      tally: addTallies(all.tally, end.tally),
      kills: all.kills + end.kills,
      stops: all.stops + end.stops,
      struck: addCounts(all.struck, end.struck),
      problems: end.problems.map((problem) => `seed ${seed}: ${problem}`),
      seconds: (performance.now() - started) / 1000,
      seeds: all.seeds + 1,
    };
    wanted.onRound?.(all, seed);
  }
  return all;
}

const isWanted = ({ tally, problems, seconds }: Rounds, wanted: RoundsWanted): boolean =>
  problems.length === 0 && tally.acquisitions < wanted.acquisitions && seconds < wanted.seconds;

function addCounts(one: RoundEnd["struck"], other: RoundEnd["struck"]): RoundEnd["struck"] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(keys.map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]));
}

export const playVirtualRounds = (wanted: RoundsWanted): Promise<Rounds> => playRounds(playVirtualRound, wanted);

export interface Pace {
  readonly workers: number;
  readonly faultEveryMilliseconds: number;
  readonly roundSeconds: number;
}
export async function playRealRounds(pace: Pace, wanted: RoundsWanted): Promise<Rounds> {
  const programs = await bundlePrograms();
  try {
    return await playRounds((seed) => playRealRound({ ...pace, programs, seed, seconds: pace.roundSeconds }), wanted);
  } finally {
    await rm(programs.folder, { recursive: true, force: true });
  }
}
