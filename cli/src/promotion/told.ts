import { type EnvironmentName, type GoodRun, type PromotionReport, runningOf, type Sha } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import type { Block } from "../terminal/message.ts";
import { type Style, spellSha } from "../terminal/style.ts";
import type { Commands } from "./next.ts";

export interface VerdictInput {
  readonly call: Call;
  readonly session: Session;
  readonly report: PromotionReport;
  readonly seconds: number;
  /** Public address of the environment. */
  readonly url: string | null;
  /** What may come next, one rung up. */
  readonly ahead: string | null;
  /** What the parts of a partial environment were seen to run. */
  readonly parts: readonly Block[];
  /** Where a rollback that was refused may lead instead. */
  readonly nearest: GoodRun | null;
}

/** A report with the words that every ending needs. */
export interface Told extends VerdictInput {
  readonly style: Style;
  readonly name: string;
  readonly commands: Commands;
  /** Where it led, and where it came from. */
  readonly to: Sha | null;
  readonly from: Sha | null;
  readonly took: string;
}

/** The release that a report is about. */
export const destinationOf = (report: PromotionReport): Sha | null => {
  const { plan, request, facts } = report;
  const planned = request.only === "web" ? plan?.webRelease : plan?.release;
  return planned?.sha ?? request.sha ?? facts?.sha ?? null;
};

/** What ran before: the baseline of an open promotion, or what runs by record. */
export const originOf = ({ facts }: PromotionReport): Sha | null => {
  if (!facts) return null;
  const { standing } = facts;
  return standing.unfinished ? (standing.unfinished.baseline.release?.sha ?? null) : (runningOf(standing)?.sha ?? null);
};

export const sha = (told: Told, value: string | null): string => spellSha(told.style, value);

/** What may be done after a rollback. */
export const wayAfterHold = (env: EnvironmentName, commands: Commands): readonly string[] => [
  `${commands.verb(`hold --env ${env} --lift`)}     # or promote a fix, which lifts the hold`,
];
