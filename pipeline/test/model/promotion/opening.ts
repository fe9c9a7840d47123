import { decide } from "./decide.ts";
import { outdate } from "./effects.ts";
import { append, outcomeOf } from "./ledger.ts";
import { Action, everyoneIsOver, type Step } from "./step.ts";
import { Decided, MessageKind, migrationsOf, RecordKind, Result, Stage } from "./words.ts";
import type { World } from "./world.ts";

/** §4.1: without a lease. Settled, live and the pointer right: no mutating call. */
export function begin(step: Step, run: number): void {
  const { now, rules } = step;
  const release = step.releaseOf(run);
  const { after } = step.command(run);
  const upTo = step.isLast(run) ? step.commands.length : after === undefined ? 0 : after + 1;
  if (!everyoneIsOver(now, upTo, run)) return;
  const isSettled = now.newestClosed && !now.unfinished && now.settled === release;
  const isLive = now.api === release && now.worker === release && now.web === release;
  const next = step.begin();
  const me = next.run(run);
  if (isSettled && isLive) {
    me.stage = Stage.ended;
    me.result = Result.done;
    const mends = now.pointerSeq < now.settledSeq && rules.mendsPointer;
    if (mends) {
      next.pointer = next.settled;
      next.pointerSeq = next.settledSeq;
      outdate(next, MessageKind.pointer);
    }
    step.end(run, Action[mends ? "has nothing to do, and mends the pointer" : "has nothing to do"]);
    return;
  }
  me.stage = Stage.acquiring;
  if (!rules.plansUnderLease) {
    me.baseline = next.settled;
    const isAllowed = decide(step, next, run);
    const mustMigrate = !step.isRollback(run) && (migrationsOf(release) & ~next.schema) !== 0;
    me.decided = isAllowed ? Decided.go | (mustMigrate ? Decided.mustMigrate : 0) : Decided.refuse;
  }
  step.end(run, Action.begins, release);
}

/** §4.3: from here every older run is deposed. What the ledger said by then is what the run goes by. */
export function open(step: Step, run: number): void {
  if (!step.mayAct(run)) return;
  append(
    step,
    run,
    { kind: RecordKind.open, argument: 0 },
    {
      onLanded: (world) => {
        const me = world.run(run);
        me.baseline = world.settled;
        me.sawTurn = world.turned;
        me.sawMigration = world.migrationOpen;
        me.sawUnfinished = world.unfinished;
        me.stage = Stage.fencing;
      },
    },
  );
}

/** R7: the fences come before what they protect is read. */
export function raiseFences(step: Step, run: number): void {
  const { now, rules } = step;
  const me = now.run(run);
  if (!rules.decidesAfterFence && me.decided === Decided.nothing) {
    const next = step.begin();
    next.run(run).decided = decide(step, next, run) ? Decided.go : Decided.refuse;
    step.end(run, Action[next.run(run).decided === Decided.go ? "decides to go" : "decides to refuse"]);
    return;
  }
  const raises = me.sawMigration && rules.raisesFence;
  if (raises && now.lockedBy !== 0 && rules.runnerLocks) return;
  const next = step.begin();
  if (raises && me.epoch > next.fence) next.fence = me.epoch;
  raiseWebFence(step, next, run);
  next.run(run).stage = Stage.planning;
  step.end(run, Action["raises the fences"]);
}

/** `pointer` mode, only after an unfinished run. */
function raiseWebFence({ rules }: Step, world: World, run: number): void {
  const { sawUnfinished, epoch } = world.run(run);
  if (!rules.webFenceFirst || !rules.webIsConditional || !sawUnfinished || world.webEpoch >= epoch) return;
  world.webEpoch = epoch;
  outdate(world, MessageKind.web);
}

/** R8, and §4.6: once the put was sent the decision stands. */
export function plan(step: Step, run: number): void {
  const { now, rules } = step;
  const before = now.run(run).decided;
  const isFresh = before === Decided.nothing;
  const trial = step.begin();
  const isAllowed = isFresh ? decide(step, trial, run) : (before & Decided.go) !== 0;
  const aim = trial.run(run).goesBack ? now.run(run).baseline : step.releaseOf(run);
  if (!isAllowed || (isFresh && mayBeRefused(step, run))) refuse(step, run);
  if (!isAllowed) return;
  append(
    step,
    run,
    { kind: RecordKind.plan, argument: aim },
    {
      onLanded: (world) => {
        if (isFresh) decide(step, world, run);
        const me = world.run(run);
        me.decided = Decided.nothing;
        const isPending = rules.plansUnderLease
          ? (migrationsOf(step.releaseOf(run)) & ~world.schema) !== 0
          : (before & Decided.mustMigrate) !== 0;
        const mustMigrate = !me.goesBack && !step.isRollback(run) && (isPending || step.story.migratesAnyway === true);
        me.stage = mustMigrate ? Stage["announcing migrations"] : Stage["rolling api"];
      },
      onSent: (world) => {
        if (!isFresh) return;
        decide(step, world, run);
        world.run(run).decided = Decided.go;
      },
    },
  );
}

function refuse(step: Step, run: number): void {
  const me = step.begin().run(run);
  me.result = Result.refused;
  me.decided = Decided.nothing;
  me.stage = Stage["recording the outcome"];
  step.end(run, Action["decides to refuse"]);
}

/** R18: the rules that are asked once are never asked of a resume. */
function mayBeRefused(step: Step, run: number): boolean {
  const { sawUnfinished, unfinishedBefore } = step.now.run(run);
  return step.story.mayRefuse === true && !(sawUnfinished && unfinishedBefore === step.releaseOf(run));
}

/** R17: recorded before the first step back. */
export function turn(step: Step, run: number): void {
  append(
    step,
    run,
    { kind: RecordKind.turn, argument: step.now.run(run).baseline },
    {
      onLanded: (world) => {
        world.run(run).goesBack = 1;
        world.run(run).stage = Stage["rolling api"];
      },
    },
  );
}

export function recordOutcome(step: Step, run: number): void {
  const { result } = step.now.run(run);
  const settles = result === Result.done || result === Result.reverted;
  append(step, run, outcomeOf(result, step.goalOf(run)), {
    onLanded: (world) => {
      world.run(run).stage = settles ? Stage["writing the pointer"] : Stage.releasing;
    },
  });
}
