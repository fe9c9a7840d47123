import { sendLate } from "./effects.ts";
import { Action, blame, isNewest, type Step } from "./step.ts";
import { Invariant, MessageKind, migrationsOf, neverExpires, noRelease, RecordKind, Result, Stage } from "./words.ts";
import type { World } from "./world.ts";

export interface Entry {
  readonly kind: number;
  /** The release of a plan or a turn; of an outcome its result too. */
  readonly argument: number;
}
export const outcomeOf = (result: number, release: number): Entry => ({
  kind: RecordKind.outcome,
  argument: (result << 4) | release,
});

/** A record is in the ledger; what any reader now folds from it (§2) is kept beside it. */
export function land(step: Step, world: World, by: number, { kind, argument }: Entry): void {
  const me = world.run(by);
  world.length += 1;
  switch (kind) {
    case RecordKind.open:
      world.newestRun = by;
      world.newestClosed = 0;
      me.unfinishedBefore = world.unfinishedRelease;
      world.unfinishedRelease = step.releaseOf(by);
      me.epoch = world.length;
      return;
    case RecordKind.plan:
      me.planned |= 1 << argument;
      if (!isNewest(world, by) && step.rules.oneLog) return;
      world.unfinished = 1;
      if (me.sawMigration && step.rules.raisesFence) world.migrationOpen = 0;
      if (me.goesBack === 0) world.turned = 0;
      return;
    case RecordKind.migrateStarted:
      world.migrationOpen = 1;
      return;
    case RecordKind.migrateFinished:
      world.migrationOpen = 0;
      return;
    case RecordKind.turn:
      world.turned = 1;
      me.planned |= 1 << argument;
      return;
    default:
      landOutcome(step, world, by, argument);
  }
}

function landOutcome(step: Step, world: World, by: number, argument: number): void {
  const result = argument >> 4;
  const release = argument & 15;
  if (result === Result.refused) {
    world.unfinishedRelease = world.run(by).unfinishedBefore;
    world.newestClosed = 1;
    if (world.run(by).changed) blame(world, Invariant.refusedAfterChange);
    return;
  }
  if (result === Result.partial) {
    world.newestClosed = 1;
    if (step.rules.partialEndsTurn) world.turned = 0;
    return;
  }
  const isTrue = world.api === release && world.worker === release && world.web === release;
  if (!isTrue || (migrationsOf(release) & ~world.schema) !== 0) blame(world, Invariant.falseRecord);
  forgetJournal(world, step.releaseOf(by));
  if (world.newestRun !== by && !step.rules.oneLog) return;
  world.settled = release;
  world.settledSeq = world.length;
  world.unfinished = 0;
  world.turned = 0;
  world.unfinishedRelease = noRelease;
  world.newestClosed = 1;
}

/** R2: put-if-absent at tail + 1. Finding one's own record there is success; another's: deposed, but for `open`, which reads again. */
export function append(
  step: Step,
  run: number,
  entry: Entry,
  { onLanded, onSent }: { readonly onLanded: (world: World) => void; readonly onSent?: (world: World) => void },
): void {
  const { now, rules } = step;
  const me = now.run(run);
  if (!me.landedUnheard && rules.oneLog && me.tail !== now.length) {
    step.begin().run(run).stage = entry.kind === RecordKind.open ? Stage["waiting for quiet"] : Stage.lost;
    const isOpen = entry.kind === RecordKind.open;
    const found = isOpen ? "finds another record there, reads the tail again" : "finds another record there: deposed";
    step.end(run, Action[found], entry.kind);
    return;
  }
  const next = step.begin();
  put(step, next, run, entry);
  onLanded(next);
  step.end(run, Action.appends, entry.kind);
  if (!now.delaysLeft || me.landedUnheard) return;
  const late = step.begin();
  late.delaysLeft -= 1;
  onSent?.(late);
  const request = { kind: MessageKind.record, from: run, value: late.run(run).tail + 1, detail: entry.kind << 4 };
  if (sendLate(late, { ...request, argument: entry.argument, ticksLeft: neverExpires }))
    step.end(run, Action["appends: no answer"], entry.kind);
}

function put(step: Step, world: World, run: number, entry: Entry): void {
  const me = world.run(run);
  if (!step.rules.oneLog) {
    land(step, world, run, entry);
    return;
  }
  me.tail += 1;
  if (me.landedUnheard) me.landedUnheard = 0;
  else land(step, world, run, entry);
}

export const journalOf = (world: World, release: number): number =>
  [world.journalZ, world.journalA, world.journalB, world.journalC][release] ?? 0;

export function writeJournal(world: World, release: number, steps: number): void {
  if (release === 0) world.journalZ = steps;
  else if (release === 1) world.journalA = steps;
  else if (release === 2) world.journalB = steps;
  else world.journalC = steps;
}
const forgetJournal = (world: World, release: number): void => writeJournal(world, release, 0);
