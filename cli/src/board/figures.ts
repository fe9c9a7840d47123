import { type EpochSummary, endingWords, movementOf } from "../history/epochs.ts";
import type { FigureEpoch, FiguresDocument } from "./documents.ts";
import type { Span } from "./timeline.ts";

/** What is known of a release, for the figures. */
interface ReleaseFacts {
  readonly subject: string;
  readonly committedAt: string;
}
export interface FiguresInput {
  readonly env: string;
  readonly days: FiguresDocument["days"];
  readonly span: Span;
  /** Newest first. */
  readonly epochs: readonly EpochSummary[];
  /** Of the releases that the epochs name; one that is not there counts without lead time. */
  readonly releases: ReadonlyMap<string, ReleaseFacts>;
}

/**
 * The four figures of DORA (https://dora.dev/guides/dora-metrics/) from one environment's epochs. A change is a promotion forward that was carried out, however
 * many epochs that took. It failed when it was put back, was left partial, or somebody went back from it.
 */
export function figuresDocument({ env, days, span, epochs, releases }: FiguresInput): FiguresDocument {
  const line = (epoch: EpochSummary, seconds: number | null): FigureEpoch => {
    const sha = movementOf(epoch).to;
    const subject = sha === null ? null : (releases.get(sha)?.subject ?? null);
    const endedAt = epoch.endedAt ?? span.until;
    return { epoch: epoch.epoch, sha, subject, endedAt, ended: endingWords(epoch), seconds };
  };
  const isWithin = ({ openedAt, endedAt }: EpochSummary): boolean => (endedAt ?? openedAt) >= span.from;
  const changes = changesOf(epochs.toReversed()).filter(({ last }) => isWithin(last));
  const deploys = newestFirst(changes.flatMap(({ done }) => done ?? [])).filter(isWithin);
  const failures = newestFirst(changes.flatMap(({ failed }) => failed ?? [])).filter(isWithin);
  const lead = deploys.flatMap((epoch) => {
    const committedAt = releases.get(movementOf(epoch).to ?? "")?.committedAt;
    return committedAt === undefined ? [] : [line(epoch, secondsBetween(committedAt, epoch.endedAt ?? span.until))];
  });
  const recovered = failures.flatMap((failure) => {
    const end = recoveryOf(failure, epochs);
    return end === null ? [] : [line(failure, secondsBetween(failure.openedAt, end))];
  });
  return {
    kind: "figures",
    version: 1,
    env,
    days,
    from: span.from,
    until: span.until,
    deploys: { perWeek: (deploys.length * 7) / days, list: deploys.map((epoch) => line(epoch, null)) },
    leadTime: { medianSeconds: medianOf(lead), list: lead },
    changeFailure: {
      share: changes.length === 0 ? null : failures.length / changes.length,
      of: changes.length,
      list: failures.map((epoch) => line(epoch, null)),
    },
    recovery: { medianSeconds: medianOf(recovered), list: recovered },
  };
}

const newestFirst = (epochs: readonly EpochSummary[]): readonly EpochSummary[] =>
  epochs.toSorted((one, other) => other.epoch - one.epoch);

/** One promotion forward that was carried out, or begun. */
interface Change {
  /** Where it ended well, as what runs. */
  readonly done: EpochSummary | null;
  /** Where it first failed, or was gone back from. */
  readonly failed: EpochSummary | null;
  /** The newest epoch that says something of it. */
  readonly last: EpochSummary;
}

/** In the order in which they began; `epochs` oldest first. */
function changesOf(epochs: readonly EpochSummary[]): readonly Change[] {
  const changes = new Map<number, Change>();
  const note = (promotion: number, said: Partial<Change>, last: EpochSummary): void => {
    const known = changes.get(promotion);
    const [done, failed] = [known?.done ?? said.done ?? null, known?.failed ?? said.failed ?? null];
    changes.set(promotion, { done, failed, last });
  };
  /** Of the newest change that ended well, and so runs. */
  let running = 0;
  for (const epoch of epochs) {
    const said = whatItSays(epoch);
    // A rollback is of the promotion that is open, else of the one that runs; what ran before the first epoch here has no number of its own.
    const promotion = promotionOf(epoch) ?? running;
    if (said === "done") running = promotion;
    if (said !== null) note(promotion, { [said]: epoch }, epoch);
  }
  return [...changes.values()];
}

function whatItSays(epoch: EpochSummary): "done" | "failed" | null {
  const { outcome, open } = epoch;
  if (open.command === "infrastructure" || !outcome || outcome.result === "refused") return null;
  if (outcome.result === "partial") return "failed";
  if (open.command === "rollback") return endedWell(epoch) ? "failed" : null;
  if (outcome.result === "reverted") return outcome.environment === "reverted" ? "failed" : null;
  const { from, to } = movementOf(epoch);
  return from === to ? null : "done";
}

/** The same for each epoch that it took; null: it goes back from what runs. */
function promotionOf({ open, plan, inherited, epoch }: EpochSummary): number | null {
  if (open.command === "rollback") return inherited?.promotion ?? null;
  return plan?.promotion ?? inherited?.promotion ?? epoch;
}

/** The end of the next epoch that ended well, which a rollback is itself; null: none yet. */
const recoveryOf = (failure: EpochSummary, epochs: readonly EpochSummary[]): string | null =>
  epochs.findLast((epoch) => epoch.epoch >= failure.epoch && endedWell(epoch))?.endedAt ?? null;

/** As was asked; held: it was put back because somebody asked for that. */
const endedWell = ({ open, outcome }: EpochSummary): boolean =>
  open.command !== "infrastructure" && (outcome?.result === "done" || (outcome?.result === "reverted" && outcome.held));

const secondsBetween = (from: string, until: string): number =>
  Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);

function medianOf(list: readonly FigureEpoch[]): number | null {
  const sorted = list.flatMap(({ seconds }) => (seconds === null ? [] : [seconds])).toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
