import { isDead, type Step } from "./step.ts";
import { Invariant, invariants, isOver, MessageKind, Result, Stage, Task } from "./words.ts";
import type { World } from "./world.ts";

/** What must hold at every moment. */
export function violation({ next, breaks, forwardOnly }: Step): string | null {
  if (next.broken !== 0) return invariants[next.broken] as string;
  const breaking = next.schema & ~forwardOnly;
  const isBroken =
    ((breaks[next.api] as number) & breaking) !== 0 || ((breaks[next.worker] as number) & breaking) !== 0;
  return isBroken ? invariants[Invariant.runningBroken] : null;
}

/** I6, and the pointer at rest: the last command is over, and said how it ended. */
export function badEnd(step: Step): string | null {
  const { now, story, commands } = step;
  if (now.runs.some(({ stage }) => !isOver(stage))) return "I6: a run is stuck";
  const last = now.run(commands.length - 1);
  if (last.stage !== Stage.ended) return "I6: the last run is lost";
  if (story.mayEndPartial && last.result === Result.partial) return null;
  if (last.result === Result.refused)
    return now.frozen && !now.unfinished ? null : "I6: the last run was refused, and something is unfinished";
  if (last.result === Result.partial) return "I6: the last run ended partial";
  if (now.unfinished) return "I6: the ledger is left unfinished";
  const { settled } = now;
  if (now.api !== settled || now.worker !== settled || now.web !== settled)
    return "I6: what runs is not what is settled";
  if (last.result === Result.done && settled !== step.releaseOf(commands.length - 1))
    return "I6: the last run is done with another release";
  return now.pointer === settled ? null : "pointer = history at rest";
}

export const situations = [
  "a run lost its lease",
  "a run died while it went back",
  "a migration outlived its promoter",
  "a late migration was fenced off",
  "a resume went on going back",
  "a run was refused after it had opened",
  "services were mixed",
  "a request outlived its sender",
] as const;

/** Which of the situations this is, as bits in their order. */
export function reached(world: World): number {
  const { runs, messages } = world;
  let bits = world.api === world.worker ? 0 : 1 << 6;
  for (let number = 0; number < runs.length; number += 1) {
    const { stage, goesBack, task, sawTurn, result } = world.run(number);
    if (stage === Stage.lost) bits |= 1 << 0;
    if (goesBack && stage === Stage.dead) bits |= 1 << 1;
    if (task === Task.migrating && stage === Stage.dead) bits |= 1 << 2;
    if (task === Task.fenced) bits |= 1 << 3;
    if (sawTurn && goesBack && stage === Stage["rolling api"]) bits |= 1 << 4;
    if (result === Result.refused && stage === Stage.ended) bits |= 1 << 5;
  }
  for (const { kind, from } of messages) if (kind !== MessageKind.none && isDead(world, from)) bits |= 1 << 7;
  return bits;
}
