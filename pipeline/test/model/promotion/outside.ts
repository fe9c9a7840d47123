import { clear, outdate } from "./effects.ts";
import { Action, outside, type Step } from "./step.ts";
import { isOver, LeaseOwner, MessageKind, neverExpires, Stage } from "./words.ts";
import type { World } from "./world.ts";

/** One tick for everybody: beats age, waits shorten, requests without a precondition die after L. */
export function passTime(step: Step): void {
  const next = step.begin();
  const moved = [ageLease(step, next), ageRuns(step, next), ageRequests(step, next)];
  if (moved.includes(true)) step.end(outside, Action["time passes"]);
}

function ageLease({ quietTicks }: Step, world: World): boolean {
  let moves = false;
  const isHeld = world.leaseOwner !== LeaseOwner.free && world.leaseOwner !== LeaseOwner.absent;
  if (isHeld && world.leaseAge < quietTicks) {
    world.leaseAge += 1;
    moves = true;
  }
  if (world.quietTicks > 0) {
    world.quietTicks -= 1;
    moves = true;
  }
  return moves;
}

function ageRuns({ staleTicks }: Step, world: World): boolean {
  let moves = false;
  for (const run of world.runs) {
    const { stage } = run;
    if (isOver(stage) || stage === Stage["not begun"] || stage === Stage.acquiring) continue;
    if (run.beatAge < staleTicks) {
      run.beatAge += 1;
      moves = true;
    }
    if (run.unanswered > 0) {
      run.unanswered -= 1;
      moves = true;
    }
  }
  return moves;
}

function ageRequests({ rules }: Step, world: World): boolean {
  if (!rules.networkIsBounded) return false;
  let moves = false;
  for (const message of world.messages) {
    if (message.kind === MessageKind.none || message.ticksLeft === neverExpires) continue;
    moves = true;
    if (message.ticksLeft === 0) clear(message);
    else message.ticksLeft -= 1;
  }
  return moves;
}

/** `lease break`, somebody who deletes the object, and a freeze of the environment. */
export function meddle(step: Step): void {
  const { now } = step;
  const lastStage = now.run(step.commands.length - 1).stage;
  const isHeld = now.leaseOwner !== LeaseOwner.free && now.leaseOwner < LeaseOwner.broken;
  if (now.breaksLeft && lastStage === Stage["not begun"] && isHeld) {
    loseLease(step, LeaseOwner.broken);
    loseLease(step, LeaseOwner.absent);
  }
  const somebodyRuns = now.runs.some(({ stage }) => stage !== Stage["not begun"] && !isOver(stage));
  if (!now.freezesLeft || !somebodyRuns) return;
  const next = step.begin();
  next.freezesLeft -= 1;
  next.frozen = 1;
  step.end(outside, Action.freezes);
}

function loseLease(step: Step, owner: number): void {
  const next = step.begin();
  next.breaksLeft -= 1;
  next.leaseOwner = owner;
  if (owner === LeaseOwner.absent) next.quietTicks = 0;
  outdate(next, MessageKind.lease);
  step.end(outside, Action[owner === LeaseOwner.absent ? "deletes the lease" : "breaks the lease"]);
}
