import { type EnvironmentPolicy, freezesBetween, type GoodRun } from "@slipway/pipeline";
import type { EpochSummary } from "../history/epochs.ts";
import type { TimelineDocument, TimelineFreeze, TimelineRun } from "./documents.ts";
import { timelineEpoch } from "./epoch-mark.ts";

export interface TimelineInput {
  readonly environment: EnvironmentPolicy;
  /** Newest first. */
  readonly epochs: readonly EpochSummary[];
  /** By record, newest first. */
  readonly good: readonly GoodRun[];
  /** Why its ledger cannot be read; null: it can. */
  readonly because: string | null;
}
export interface Span {
  readonly from: string;
  readonly until: string;
}

/** Each epoch and stay of some environments, over their freezes. */
export function timelineDocument(
  inputs: readonly TimelineInput[],
  { from, until }: Span,
  subjects: Readonly<Record<string, string>>,
): TimelineDocument {
  return {
    kind: "timeline",
    version: 1,
    from,
    until,
    environments: inputs.map(({ environment, epochs, good, because }) => ({
      env: environment.name,
      because,
      runs: runsOf(good, { from, until }),
      epochs: epochs.map(timelineEpoch).toReversed(),
    })),
    freezes: inputs.flatMap(({ environment }) => freezesOf(environment, { from, until })),
    subjects,
  };
}

/** Stays that reach into the span, oldest first. */
export const runsOf = (good: readonly GoodRun[], span: Span): readonly TimelineRun[] =>
  good
    .filter((run) => run.from < span.until && (run.until === null || run.until > span.from))
    .map((run) => ({ sha: run.sha, from: run.from, until: run.until }))
    .toReversed();

const freezesOf = (environment: EnvironmentPolicy, span: Span): readonly TimelineFreeze[] =>
  freezesBetween(environment.freeze, Date.parse(span.from), Date.parse(span.until)).map(({ window, from, until }) => ({
    env: environment.name,
    name: window.name,
    zone: window.zone,
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
  }));
