import type { Model } from "../checker/model.ts";
import { verify, waitAfterVerify, waitUntilQuiet, writePointer } from "./closing.ts";
import { badEnd, reached, situations, violation } from "./judge.ts";
import { acquire, beat, release, waitForQuiet } from "./lease.ts";
import { announceMigrations, recordMigrations, runTask, startTask, waitForTask } from "./migrating.ts";
import { deliver } from "./network.ts";
import { begin, open, plan, raiseFences, recordOutcome, turn } from "./opening.ts";
import { meddle, passTime } from "./outside.ts";
import { confirmService, orderService, rollService, switchWeb } from "./rolling.ts";
import { Action, leave, Step } from "./step.ts";
import type { Story } from "./story.ts";
import { label, tell } from "./tell.ts";
import { isOver, LeaseOwner, noRelease, noRun, Release, Stage, type StageName, stages } from "./words.ts";

/** The whole protocol in one environment: runs, lease, ledger, Postgres, ECS, pages, operator, network and time. */
export function promotionModel(story: Story): Model {
  const step = new Step(story);
  return {
    layout: step.layout,
    now: step.now,
    next: step.next,
    begin: (found) => {
      writeBeginning(step);
      found(-1);
    },
    expand: (found) => {
      step.found = found;
      expand(step);
    },
    violation: () => violation(step),
    badEnd: () => badEnd(step),
    label,
    tell,
    situations,
    reached: () => reached(step.next),
  };
}

/** A runs everywhere, and the ledger's first record says so. */
function writeBeginning({ next, mishaps, quietTicks }: Step): void {
  next.words.fill(0);
  next.api = next.worker = next.web = next.pointer = next.settled = Release.A;
  next.leaseOwner = LeaseOwner.free;
  next.leaseAge = quietTicks;
  next.pointerSeq = next.settledSeq = next.length = next.webEpoch = 1;
  next.newestClosed = 1;
  next.newestRun = noRun;
  next.unfinishedRelease = noRelease;
  next.crashesLeft = mishaps.crashes;
  next.delaysLeft = mishaps.delays;
  next.unhealthyLeft = mishaps.unhealthy;
  next.migrationFaultsLeft = mishaps.migrationFaults;
  next.breaksLeft = mishaps.breaks;
  next.freezesLeft = mishaps.freezes;
  next.abortsLeft = mishaps.aborts;
  next.lostTasksLeft = mishaps.lostTasks;
  for (const run of next.runs) run.unfinishedBefore = noRelease;
}

function expand(step: Step): void {
  const { runs } = step.now;
  for (let run = 0; run < runs.length; run += 1) act(step, run);
  for (let run = 0; run < runs.length; run += 1) runTask(step, run);
  deliver(step);
  passTime(step);
  meddle(step);
}

function act(step: Step, run: number): void {
  const { stage } = step.now.run(run);
  if (isOver(stage)) return;
  if (stage === Stage["not begun"]) {
    begin(step, run);
    return;
  }
  if (stage !== Stage.acquiring) {
    mayDie(step, run);
    beat(step, run);
  }
  moveByStage[stage]?.(step, run);
}

/** Its process is killed, or its machine is gone. */
function mayDie(step: Step, run: number): void {
  if (!step.now.crashesLeft || step.isLast(run) || step.command(run).isReliable) return;
  const next = step.begin();
  next.crashesLeft -= 1;
  leave(next, run, Stage.dead);
  step.end(run, Action.dies);
}

type Move = (step: Step, run: number) => void;
/** What a run does in each stage, in the order of protocol §4. */
const moves: Readonly<Partial<Record<StageName, Move>>> = {
  acquiring: acquire,
  "waiting for quiet": waitForQuiet,
  opening: open,
  fencing: raiseFences,
  planning: plan,
  "announcing migrations": announceMigrations,
  "starting the task": startTask,
  "waiting for the task": waitForTask,
  "recording migrations": recordMigrations,
  "rolling api": (step, run) => rollService(step, run, 0),
  "about to send api": (step, run) => orderService(step, run, 0),
  "confirming api": (step, run) => confirmService(step, run, 0),
  "rolling worker": (step, run) => rollService(step, run, 1),
  "about to send worker": (step, run) => orderService(step, run, 1),
  "confirming worker": (step, run) => confirmService(step, run, 1),
  "switching web": switchWeb,
  quiet: waitUntilQuiet,
  verifying: verify,
  "quiet after verifying": waitAfterVerify,
  "recording the outcome": recordOutcome,
  "writing the pointer": writePointer,
  releasing: release,
  turning: turn,
};
const moveByStage = stages.map((stage) => moves[stage]);
