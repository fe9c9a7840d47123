import type { Digest, Sha } from "../identifiers.ts";
import { type GoodRun, runningOf, type Standing, type Unfinished } from "../ledger/records.ts";
import { isWhole } from "./occupancy.ts";

export type RollbackChoice =
  /** To the release of this run. */
  | { readonly status: "to"; readonly run: GoodRun }
  /** The way back is open already: an interrupted rollback is finished, an interrupted promotion is turned (protocol §6). */
  | { readonly status: "finish"; readonly how: "rollback" | "turn"; readonly unfinished: Unfinished }
  /** It runs there: the same command again changes nothing. */
  | { readonly status: "already"; readonly run: GoodRun }
  /** No other good release is on record. */
  | { readonly status: "nowhere" }
  /** The release that was named never ended well here. */
  | { readonly status: "never-ran"; readonly sha: Sha };

/**
 * Where a rollback leads: a fold of the ledger, so that the same command twice is the same. Without a name it is the newest
 * other good release that nobody fled from by a rollback and nobody quarantined; right after a rollback it is `already`,
 * never one further, unless what that one led to was quarantined since.
 */
export function chooseRollback(
  standing: Standing,
  to: Sha | null,
  only: "web" | null,
  quarantined: ReadonlySet<Sha> = new Set(),
): RollbackChoice {
  const open = standing.unfinished ? finishing(standing, standing.unfinished, to, only) : null;
  if (open) return open;
  return to === null ? newestOther(standing, only, quarantined) : named(standing, to, only);
}

function finishing(standing: Standing, open: Unfinished, to: Sha | null, only: "web" | null): RollbackChoice | null {
  const { plan, baseline } = open;
  const isRollback = plan.action === "rollback";
  const goal = plan.only === "web" ? plan.webRelease : plan.release;
  if (open.partial && to === null) {
    // A partial one is closed: what leads out of it is a rollback of its own.
    const digest = (isRollback ? goal : baseline.release)?.digest;
    const run = standing.good.find((one) => one.digest === digest);
    if (run) return { status: "to", run };
  }
  if (open.partial && to !== null) return null;
  if (isRollback && plan.only === only && (to === null || goal?.sha === to)) {
    return { status: "finish", how: "rollback", unfinished: open };
  }
  const back = to === null || (only === null && baseline.release?.sha === to);
  return back ? { status: "finish", how: isRollback && to === null ? "rollback" : "turn", unfinished: open } : null;
}

function named(standing: Standing, to: Sha, only: "web" | null): RollbackChoice {
  const runs = runningOf(standing);
  if (runs && !standing.unfinished && isThere(runs, to, only)) return { status: "already", run: runs };
  const ran = standing.good.filter((run) => run.sha === to);
  // The pages of a release may have run beside older services alone; its whole run is the better witness.
  const run = ran.find(isWhole) ?? ran[0];
  return run ? { status: "to", run } : { status: "never-ran", sha: to };
}

const isThere = (run: GoodRun, sha: Sha, only: "web" | null): boolean =>
  only === "web" ? (run.webSha ?? run.sha) === sha : run.sha === sha && isWhole(run);

function newestOther(standing: Standing, only: "web" | null, quarantined: ReadonlySet<Sha>): RollbackChoice {
  const runs = runningOf(standing);
  if (runs && cameByRollback(standing, runs, only) && !quarantined.has(only === "web" ? pagesOf(runs) : runs.sha)) {
    return { status: "already", run: runs };
  }
  const run = standing.good.find(
    (candidate) =>
      mayComeBack(standing, candidate, quarantined) &&
      candidate !== runs &&
      !(runs && isSame(candidate, runs, only)) &&
      (only === null || candidate.state.web !== null),
  );
  return run ? { status: "to", run } : { status: "nowhere" };
}

/** Whether a rollback that names no release may lead there; what is kept to go back to is counted by it too. */
export const mayComeBack = (standing: Standing, run: GoodRun, quarantined: ReadonlySet<Sha>): boolean =>
  isWhole(run) && !quarantined.has(run.sha) && !wasFled(standing, run.digest);

const pagesOf = (run: GoodRun): Sha => run.webSha ?? run.sha;

const isSame = (candidate: GoodRun, runs: GoodRun, only: "web" | null): boolean =>
  only === "web" ? candidate.sha === pagesOf(runs) : candidate.digest === runs.digest;

/** A rollback of pages alone leaves the services where they were: for a whole rollback what counts is how these came. */
function cameByRollback(standing: Standing, runs: GoodRun, only: "web" | null): boolean {
  if (only === "web") return runs.action === "rollback";
  const since = standing.good.slice(standing.good.indexOf(runs));
  const end = since.findIndex((run) => run.digest !== runs.digest);
  const stay = end === -1 ? since : since.slice(0, end);
  // Newest first: a promotion of the same release in between is what people wanted last.
  const cause = stay.find((run, index) => run.action === "promote" || index === stay.length - 1);
  return cause?.action === "rollback";
}

/** The last time that it ran whole ended by a rollback. */
const wasFled = (standing: Standing, digest: Digest): boolean =>
  standing.good.find((run) => run.digest === digest && isWhole(run))?.leftBy === "rolled-back";
