import type { Step } from "./step.ts";
import { migrationsOf } from "./words.ts";
import type { World } from "./world.ts";

/** R8, R14 to R18: go or not, by what is seen in this moment. The run in `world` notes what it saw, and whether it goes back. */
export function decide(step: Step, world: World, run: number): boolean {
  const me = world.run(run);
  me.seenApi = world.api;
  me.seenWorker = world.worker;
  me.seenWeb = world.web;
  if (step.isRollback(run)) return step.fits(step.releaseOf(run), world.schema);
  if (goesOnTurning(step, world, run)) {
    me.goesBack = 1;
    return true;
  }
  if (world.frozen && !isSpared(step, world, run)) return false;
  return passesGate(step, world, run);
}

/** A recorded turn is gone on with, where the schema bears it. */
function goesOnTurning(step: Step, world: World, run: number): boolean {
  const { sawTurn, baseline } = world.run(run);
  if (!step.rules.recordsTurn || !sawTurn || world.unfinishedRelease !== step.releaseOf(run)) return false;
  return step.fits(baseline, world.schema) || !step.rules.revertsOnlyIfFits;
}

/** R18: the recorded plan was decided before the freeze. */
function isSpared(step: Step, world: World, run: number): boolean {
  const { sawUnfinished, unfinishedBefore } = world.run(run);
  return step.rules.freezeSparesResume && sawUnfinished === 1 && unfinishedBefore === step.releaseOf(run);
}

/** R14: this batch must break nothing that is in play. */
function passesGate(step: Step, world: World, run: number): boolean {
  const { rules, forwardOnly } = step;
  const before = world.schema;
  const after = before | migrationsOf(step.releaseOf(run));
  const counted = rules.gateBlocksNewOnly ? after & ~before & ~forwardOnly : after & ~(forwardOnly & ~before);
  const bears = (release: number): boolean => ((step.breaks[release] as number) & counted) === 0;
  if (!bears(world.run(run).baseline)) return false;
  return !rules.gateSeesRunning || (bears(world.api) && bears(world.worker) && bears(world.web));
}

/** R16: the baseline bears the schema as it is now. */
export const mayGoBack = (step: Step, world: World, run: number): boolean =>
  !step.rules.revertsOnlyIfFits || step.fits(world.run(run).baseline, world.schema);
