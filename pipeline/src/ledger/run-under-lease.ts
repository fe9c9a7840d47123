import type { Epoch } from "../identifiers.ts";
import type { AppliedMigration } from "../migration/batch.ts";
import { type AcquireLease, acquireLease, type HeldLease } from "./lease.ts";
import type { LeaseLook } from "./lease-look.ts";
import { openEpoch } from "./ledger-writer.ts";
import type { FailureReport, RecordBody } from "./records.ts";

/** How a command ended. `failed` is one line for the record: what it changed is for itself to say. */
export interface CommandEnd {
  readonly failed: string | null;
}
/** What a command may do with the lease it runs under. */
export interface LeaseInHand {
  /** @throws LeaseLostError when it is lost, or may be: nothing may be changed any more. */
  readonly check: () => void;
  /** Records what is applied from now on: the command is about to put another database in place. */
  readonly tellApplied: (applied: readonly AppliedMigration[]) => Promise<void>;
}
export interface LeasedCommand<End extends CommandEnd> {
  readonly acquire: AcquireLease;
  /** For others who look: `runs pulumi`. */
  readonly doing: string;
  /** Has to stop what it does once the signal aborts: the lease may be somebody else's then. */
  readonly run: (epoch: Epoch, signal: AbortSignal, hand: LeaseInHand) => Promise<End>;
}
export type LeasedAnswer<End> =
  | { readonly status: "ran"; readonly epoch: Epoch; readonly end: End }
  | { readonly status: "busy"; readonly look: LeaseLook };

/**
 * Runs something that is no promotion while nobody else may change the environment: an epoch is opened and closed around
 * it, and settles nothing (protocol R22).
 * @throws LeaseLostError, DeposedError when another run took over; PortError; what `run` throws, with the epoch left open.
 */
export async function runUnderLease<End extends CommandEnd>(work: LeasedCommand<End>): Promise<LeasedAnswer<End>> {
  const answer = await acquireLease(work.acquire);
  if (answer.status === "busy") return answer;
  const { lease } = answer;
  try {
    await lease.waitUntilQuiet();
  } catch (error) {
    // Nothing was begun: whoever stopped waiting leaves nothing to wait for.
    await lease.release();
    throw error;
  }
  try {
    const ran = await runHolding(work, lease);
    await lease.release();
    return ran;
  } finally {
    // After a fault something of ours may still be under way: the next run has to wait for it.
    lease.stopBeating();
  }
}

async function runHolding<End extends CommandEnd>(
  { acquire, doing, run }: LeasedCommand<End>,
  lease: HeldLease,
): Promise<LeasedAnswer<End>> {
  const { store, environment, clock, random, holder, timing } = acquire;
  const open = { by: holder.by, host: holder.host, runUrl: holder.runUrl };
  const writer = await openEpoch({
    store,
    environment,
    clock,
    random,
    body: { kind: "open", command: "infrastructure", request: null, resumes: null, ...open },
    mayWrite: () => lease.check(),
    serverNow: () => lease.serverNow(),
  });
  lease.setDoing(doing, writer.epoch);
  const guard = new AbortController();
  const over = new AbortController();
  const watch = watchLease(lease, timing.beatMilliseconds, clock, { guard, over: over.signal });
  try {
    const end = await run(writer.epoch, guard.signal, {
      check: () => lease.check(),
      tellApplied: async (applied) =>
        void (await writer.append({ kind: "migrate-finished", attempt: 1, result: "done", applied })),
    });
    lease.check();
    await writer.append(outcomeOf(end, lease));
    return { status: "ran", epoch: writer.epoch, end };
  } finally {
    over.abort();
    await watch;
  }
}

/** A command cannot be fenced: it must not go on once the last confirmed beat is old (R11). */
async function watchLease(
  lease: HeldLease,
  milliseconds: number,
  clock: AcquireLease["clock"],
  { guard, over }: { readonly guard: AbortController; readonly over: AbortSignal },
): Promise<void> {
  const ends = AbortSignal.any([over, lease.signal]);
  try {
    for (;;) {
      await clock.sleep(milliseconds, ends);
      await lease.beatNow();
    }
  } catch (error) {
    if (!over.aborted) guard.abort(error);
  }
}

function outcomeOf({ failed }: CommandEnd, lease: HeldLease): RecordBody {
  return {
    kind: "outcome",
    result: failed === null ? "done" : "reverted",
    // Of releases, which is all that an outcome speaks of.
    environment: "unchanged",
    failure: failed === null ? null : failureOf(failed),
    reasons: [],
    observed: null,
    observedAt: lease.serverNow(),
    notBack: [],
    held: false,
  };
}

const failureOf = (cause: string): FailureReport => ({
  code: "could-not-tell",
  step: null,
  name: null,
  cause,
  where: null,
  log: [],
  logLines: 0,
  requestsServed: null,
});
