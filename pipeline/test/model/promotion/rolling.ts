import { mayGoBack } from "./decide.ts";
import { mayStillWriteWeb, type ServiceNumber, sendLate, serviceOf, setService, setWeb } from "./effects.ts";
import { journalOf, writeJournal } from "./ledger.ts";
import { Action, type Step } from "./step.ts";
import { MessageKind, neverExpires, Result, Stage } from "./words.ts";
import type { World } from "./world.ts";

const journalBit = { api: 1, worker: 2, web: 4 } as const;
const rolling = [Stage["rolling api"], Stage["rolling worker"]] as const;
const confirming = [Stage["confirming api"], Stage["confirming worker"]] as const;
const aboutToSend = [Stage["about to send api"], Stage["about to send worker"]] as const;
const afterService = [Stage["rolling worker"], Stage["switching web"]] as const;
const journalBits = [journalBit.api, journalBit.worker] as const;

function wantedOf(step: Step, run: number, service: ServiceNumber): number {
  const me = step.now.run(run);
  if (!me.goesBack) return step.releaseOf(run);
  if (step.rules.baselineIsRecorded) return me.baseline;
  return service === 0 ? me.seenApi : me.seenWorker;
}
const wantedPages = (step: Step, run: number): number => {
  const me = step.now.run(run);
  if (!me.goesBack) return step.releaseOf(run);
  return step.rules.baselineIsRecorded ? me.baseline : me.seenWeb;
};

function note(step: Step, world: World, run: number, bit: number): void {
  if (!step.rules.trustsJournal || world.run(run).goesBack) return;
  const release = step.releaseOf(run);
  writeJournal(world, release, journalOf(world, release) | bit);
}
const isSkipped = (step: Step, run: number, bit: number): boolean =>
  step.rules.trustsJournal && !step.now.run(run).goesBack && (journalOf(step.now, step.releaseOf(run)) & bit) !== 0;

/** R11: check → guard → act; one attempt, and confirmed by looking before another. */
export function rollService(step: Step, run: number, service: ServiceNumber): void {
  const { now, rules } = step;
  const release = wantedOf(step, run, service);
  if (serviceOf(now, service) === release || isSkipped(step, run, journalBits[service])) {
    const next = step.begin();
    note(step, next, run, journalBits[service]);
    next.run(run).stage = afterService[service];
    step.end(run, Action["finds it done already:"], service);
    return;
  }
  if (!step.mayAct(run)) return;
  if (rules.freezesAfterCheck) {
    step.begin().run(run).stage = aboutToSend[service];
    step.end(run, Action["has checked its beat and is about to order"], service);
    return;
  }
  orderService(step, run, service);
  if (!now.delaysLeft) return;
  const late = step.begin();
  late.delaysLeft -= 1;
  const kind = service === 0 ? MessageKind.api : MessageKind.worker;
  if (!sendLate(late, { kind, from: run, value: release, ticksLeft: step.requestTicks })) return;
  late.run(run).unanswered = step.requestTicks + 1;
  late.run(run).stage = confirming[service];
  step.end(run, Action["orders: no answer;"], service);
}

export function orderService(step: Step, run: number, service: ServiceNumber): void {
  const next = step.begin();
  setService(step, next, { service, release: wantedOf(step, run, service), by: run });
  next.run(run).stage = confirming[service];
  step.end(run, Action.orders, service);
}

export function confirmService(step: Step, run: number, service: ServiceNumber): void {
  const { now, story } = step;
  if (serviceOf(now, service) !== wantedOf(step, run, service)) {
    step.begin().run(run).stage = rolling[service];
    step.end(run, Action["does not see"], service);
    return;
  }
  if (story.baselineIsSick && now.run(run).goesBack) {
    const me = step.begin().run(run);
    me.result = Result.partial;
    me.stage = Stage.quiet;
    step.end(run, Action["finds unhealthy"], service);
    return;
  }
  const next = step.begin();
  note(step, next, run, journalBits[service]);
  next.run(run).stage = afterService[service];
  step.end(run, Action["sees confirmed"], service);
  mayBeUnhealthy(step, run, service);
}

/** A release that does not come up: the run turns, or leaves it where it is and says so. */
export function mayBeUnhealthy(step: Step, run: number, where: number): void {
  const { now, story } = step;
  if (!now.unhealthyLeft || now.run(run).goesBack || (story.lastIsHealthy && step.isLast(run))) return;
  const next = step.begin();
  next.unhealthyLeft -= 1;
  turnOrStop(step, next, run);
  step.end(run, Action["finds unhealthy"], where);
}

/** R16, R17. */
export function turnOrStop(step: Step, world: World, run: number): void {
  const me = world.run(run);
  if (!mayGoBack(step, world, run)) {
    me.result = Result.partial;
    me.stage = step.rules.quietBeforePartial ? Stage.quiet : Stage["recording the outcome"];
  } else if (step.rules.recordsTurn) me.stage = Stage.turning;
  else {
    me.goesBack = 1;
    me.stage = Stage["rolling api"];
  }
}

/** §7: conditional, with the epoch beside the pages. Going back writes even where they are right. */
export function switchWeb(step: Step, run: number): void {
  const { now, rules } = step;
  const me = now.run(run);
  const pages = wantedPages(step, run);
  const leavesNoMark = me.goesBack && (now.webEpoch < me.epoch || mayStillWriteWeb(now, run));
  const isNeeded = now.web !== pages || (rules.webWritesGoingBack && leavesNoMark);
  if (!isNeeded || isSkipped(step, run, journalBit.web)) {
    const next = step.begin();
    note(step, next, run, journalBit.web);
    next.run(run).stage = Stage.quiet;
    step.end(run, Action["finds it done already:"], 2);
    return;
  }
  if (rules.webIsConditional && now.webEpoch > me.epoch) {
    const next = step.begin();
    next.run(run).stage = Stage.lost;
    next.run(run).beatAge = 0;
    step.end(run, Action["is fenced off from the pages"]);
    return;
  }
  if (!step.mayAct(run)) return;
  const next = step.begin();
  setWeb(next, pages, run, me.epoch);
  note(step, next, run, journalBit.web);
  next.run(run).stage = Stage.quiet;
  step.end(run, Action["writes the pages"], pages);
  if (mayStillWriteWeb(now, run)) mayBeUnhealthy(step, run, 2);
  if (!now.delaysLeft) return;
  const late = step.begin();
  late.delaysLeft -= 1;
  const ticksLeft = rules.webIsConditional ? neverExpires : step.requestTicks;
  if (!sendLate(late, { kind: MessageKind.web, from: run, value: pages, ticksLeft })) return;
  if (!rules.webIsConditional) late.run(run).unanswered = step.requestTicks + 1;
  step.end(run, Action["writes the pages: no answer"], pages);
}
