import { outdate, sendLate } from "./effects.ts";
import { Action, leave, type Step } from "./step.ts";
import { LeaseOwner, MessageKind, neverExpires, Stage } from "./words.ts";
import type { World } from "./world.ts";

/** What a lease message asks for. */
export const LeaseWrite = { free: 0, take: 1 } as const;

/** R4, R5: who may take it, and how long nobody opens an epoch after that. */
export function acquire(step: Step, run: number): void {
  const { now, rules, quietTicks, requestTicks } = step;
  const owner = now.leaseOwner;
  const rest = Math.max(0, quietTicks - now.leaseAge);
  const afterBreak = (all: number): number =>
    rules.waitsAfterBreak === "all" ? all : rules.waitsAfterBreak === "request" ? requestTicks : 0;
  if (owner === LeaseOwner.free) take(step, run, 0, Action["takes the lease"]);
  else if (owner === LeaseOwner.broken) take(step, run, afterBreak(rest), Action["takes the lease"]);
  else if (owner === LeaseOwner.absent) take(step, run, afterBreak(quietTicks), Action["takes the lease"]);
  else if (owner === run + 1) takeOwn(step, run);
  else if (now.newestRun === owner - 1 && now.newestClosed) take(step, run, 0, Action["takes the lease over"]);
  else if (now.leaseAge >= step.staleTicks)
    take(step, run, rules.waitsAfterTakeover ? rest : 0, Action["takes the lease over"]);
}

/** An answer was lost: the lease names this run already. */
function takeOwn(step: Step, run: number): void {
  const next = step.begin();
  const me = next.run(run);
  me.stage = Stage["waiting for quiet"];
  me.beatAge = 0;
  next.leaseAge = 0;
  outdate(next, MessageKind.lease);
  step.end(run, Action["takes the lease"]);
}

function take(step: Step, run: number, quiet: number, action: number): void {
  const next = step.begin();
  const me = next.run(run);
  setOwner(step, next, run, quiet);
  me.beatAge = 0;
  me.stage = Stage["waiting for quiet"];
  step.end(run, action);
  if (!step.now.delaysLeft || step.isLast(run)) return;
  const late = step.begin();
  late.delaysLeft -= 1;
  const request = {
    kind: MessageKind.lease,
    from: run,
    value: LeaseWrite.take,
    detail: quiet,
    ticksLeft: neverExpires,
  };
  if (sendLate(late, request)) step.end(run, Action["asks for the lease: no answer"]);
}

/** The lease changes hands; every other put-if-match that is under way misses. */
export function setOwner(step: Step, world: World, run: number, quiet: number): void {
  world.leaseOwner = run + 1;
  world.leaseAge = 0;
  world.quietTicks = step.rules.keepsWaitInLease ? Math.max(world.quietTicks, quiet) : quiet;
  outdate(world, MessageKind.lease);
}

/** A beat: put-if-match, which misses where somebody else has taken the lease. */
export function beat(step: Step, run: number): void {
  const { now } = step;
  const { stage, beatAge } = now.run(run);
  if (now.leaseOwner === run + 1) {
    if (now.leaseAge === 0 && beatAge === 0) return;
    const next = step.begin();
    next.leaseAge = 0;
    next.run(run).beatAge = 0;
    outdate(next, MessageKind.lease);
    step.end(run, Action.beats);
  } else if (stage !== Stage["writing the pointer"] && stage !== Stage.releasing) {
    leave(step.begin(), run, Stage.lost);
    step.end(run, Action["beats in vain: the lease is another's"]);
  }
}

/** R5: nobody opens an epoch before quietUntil; giving up leaves it in the lease. */
export function waitForQuiet(step: Step, run: number): void {
  const { now } = step;
  if (now.leaseOwner !== run + 1) return;
  if (now.quietTicks === 0 && step.mayAct(run)) {
    const me = step.begin().run(run);
    me.tail = now.length;
    me.stage = Stage.opening;
    step.end(run, Action["reads the tail, the quiet is over"]);
  }
  if (!now.abortsLeft || step.isLast(run)) return;
  const next = step.begin();
  next.abortsLeft -= 1;
  next.leaseOwner = LeaseOwner.free;
  if (!step.rules.keepsWaitInLease) next.quietTicks = 0;
  outdate(next, MessageKind.lease);
  next.run(run).stage = Stage.lost;
  next.run(run).beatAge = 0;
  step.end(run, Action["is interrupted while it waits"]);
}

export function release(step: Step, run: number): void {
  const { now } = step;
  const next = step.begin();
  if (next.leaseOwner === run + 1) {
    next.leaseOwner = LeaseOwner.free;
    outdate(next, MessageKind.lease);
  }
  leave(next, run, Stage.ended);
  step.end(run, Action["releases the lease"]);
  if (!now.delaysLeft || now.leaseOwner !== run + 1 || step.isLast(run)) return;
  const late = step.begin();
  late.delaysLeft -= 1;
  const request = { kind: MessageKind.lease, from: run, value: LeaseWrite.free, ticksLeft: neverExpires };
  if (!sendLate(late, request)) return;
  leave(late, run, Stage.ended);
  step.end(run, Action["releases the lease: no answer"]);
}
