import { type EnvironmentName, readHistory, readStanding, type Step } from "@slipway/pipeline";
import { type EpochSummary, epochsOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";

/** How long things take in one environment, by what is on record. Null: too little is. */
export interface UsualTimes {
  readonly stepSeconds: (step: Step) => number | null;
  /** Of a promotion, from its request to its end. */
  readonly promotionSeconds: number | null;
}

const counted = 10;
const least = 3;
/** A promotion of two services leaves about fifteen. */
const recordsRead = 200;
const nothingKnown: UsualTimes = { stepSeconds: () => null, promotionSeconds: null };

/** Medians of the last ten that did something and ended well. Never throws: nothing depends on it. */
export async function readUsualTimes({ store }: Session, environment: EnvironmentName): Promise<UsualTimes> {
  try {
    const { seq } = await readStanding(store, environment);
    const from = Math.max(1, seq - recordsRead);
    return usualTimesOf(epochsOf((await readHistory(store, environment, { from })).map(({ record }) => record)));
  } catch {
    return nothingKnown;
  }
}

/** The same of epochs that were read, newest first. */
export function usualTimesOf(epochs: readonly EpochSummary[]): UsualTimes {
  const steps = epochs.flatMap((epoch) => epoch.steps.toReversed());
  return {
    stepSeconds: (step) =>
      medianOf(steps.filter((past) => didTheSame(past, step)).map(({ milliseconds }) => milliseconds / 1000)),
    promotionSeconds: medianOf(epochs.filter(isWholePromotion).map(secondsOf)),
  };
}

/** One that finished what another had begun took less. */
const isWholePromotion = ({ open, outcome }: EpochSummary): boolean =>
  open.command === "promote" && open.resumes === null && outcome?.result === "done";
const secondsOf = ({ openedAt, endedAt }: EpochSummary): number =>
  (Date.parse(endedAt ?? openedAt) - Date.parse(openedAt)) / 1000;

type PastStep = EpochSummary["steps"][number];

/** Looking changes nothing and takes its time all the same. */
const didTheSame = ({ step: kind, name, report }: PastStep, step: Step): boolean =>
  kind === step.kind &&
  name === ("service" in step ? step.service : null) &&
  report.status === "done" &&
  (report.changed || kind === "verify-live");

/** Newest first. */
function medianOf(newestFirst: readonly number[]): number | null {
  const sorted = newestFirst.slice(0, counted).toSorted((a, b) => a - b);
  if (sorted.length < least) return null;
  const half = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
