import type { Digest, Epoch, Instant } from "../identifiers.ts";
import { type GoodRun, runningOf, type Standing } from "../ledger/records.ts";

/** Services and pages are of one release; after a web rollback they are not. */
export const isWhole = (run: GoodRun): boolean => run.webSha === null || run.webSha === run.sha;

/** The newest time that an environment ran exactly this release to a good end; null: never. */
export const newestRunOf = (standing: Standing, digest: Digest): GoodRun | null =>
  standing.good.find((run) => run.digest === digest && isWhole(run)) ?? null;

/** One time that an environment ran exactly one release without a gap, by store time. */
export interface Stay {
  readonly from: Instant;
  /** When it ended, or could no longer be vouched for; null: it goes on. */
  readonly until: Instant | null;
  /** Of the run that began it. */
  readonly epoch: Epoch;
  readonly seconds: number;
}

/**
 * The stays of a release (services and pages) in an environment, newest first. A stay that a promotion under way may be
 * ending counts up to the plan of that one; one that is disturbed now, or was found to be gone, counts for nothing: nobody knows since when.
 */
export function staysOf(
  standing: Standing,
  digest: Digest,
  at: { readonly now: Instant; readonly disturbed: boolean },
): readonly Stay[] {
  const stays: Stay[] = [];
  let newer: GoodRun | null = null;
  for (const run of standing.good) {
    if (run.digest !== digest || !isWhole(run) || wasGone(standing, run)) {
      newer = null;
      continue;
    }
    const last = stays.at(-1);
    if (last && newer && joins(run, newer)) stays[stays.length - 1] = stayOf(run, last.until, at.now);
    else stays.push(stayOf(run, untilOf(standing, run), at.now));
    newer = run;
  }
  const current = runningOf(standing);
  return at.disturbed && current && current.digest === digest && isWhole(current) ? stays.slice(1) : stays;
}

const joins = (older: GoodRun, newer: GoodRun): boolean =>
  older.until === newer.from && older.leftBy !== "disturbed" && older.leftBy !== "rolled-back";

/** It was found not to be there any more, by the promotion that ended it or by the one that is open. */
const wasGone = ({ unfinished }: Standing, { leftBy, until }: GoodRun): boolean =>
  leftBy === "drifted" || (until === null && unfinished?.drifted === true);

/** A promotion under way that leads elsewhere may have ended the stay since it was planned. */
function untilOf({ unfinished }: Standing, run: GoodRun): Instant | null {
  if (run.until !== null || !unfinished || unfinished.disturbed === false) return run.until;
  return unfinished.at;
}

function stayOf(run: GoodRun, until: Instant | null, now: Instant): Stay {
  const seconds = Math.max(0, (Date.parse(until ?? now) - Date.parse(run.from)) / 1000);
  return { from: run.from, until, epoch: run.epoch, seconds };
}

/** The longest of some stays; null when there is none. */
export const longestOf = (stays: readonly Stay[]): Stay | null =>
  stays.reduce<Stay | null>((longest, stay) => (longest && longest.seconds >= stay.seconds ? longest : stay), null);
