import { mayStillWriteWeb, outdate, sendLate } from "./effects.ts";
import { mayBeUnhealthy } from "./rolling.ts";
import { Action, type Step } from "./step.ts";
import { MessageKind, neverExpires, Result, Stage } from "./words.ts";

/** R9: no outcome of any kind before every unanswered request has landed or died. */
export function waitUntilQuiet(step: Step, run: number): void {
  const { now, rules } = step;
  const { result, unanswered, goesBack } = now.run(run);
  const isPartial = result === Result.partial;
  if (isPartial && rules.webIsConditional && mayStillWriteWeb(now, run)) {
    outdate(step.begin(), MessageKind.web);
    step.end(run, Action["writes the pages again so that the late write lands nowhere"]);
    return;
  }
  if (unanswered > 0 && (isPartial || rules.quietBeforeVerify)) return;
  const me = step.begin().run(run);
  if (isPartial) me.stage = Stage["recording the outcome"];
  else if (rules.verifiesAll) me.stage = Stage.verifying;
  else {
    me.stage = Stage["recording the outcome"];
    me.result = goesBack ? Result.reverted : Result.done;
  }
  step.end(run, Action["knows that nothing of it is under way"]);
}

/** R10: all at once, after the quiet. */
export function verify(step: Step, run: number): void {
  const { now, rules } = step;
  const me = now.run(run);
  const release = step.goalOf(run);
  const asSeen = !rules.baselineIsRecorded && me.goesBack;
  const isRight =
    now.api === (asSeen ? me.seenApi : release) &&
    now.worker === (asSeen ? me.seenWorker : release) &&
    now.web === (asSeen ? me.seenWeb : release);
  const after = step.begin().run(run);
  if (!isRight) {
    after.stage = Stage["rolling api"];
    step.end(run, Action["verifies, and something is not as it should be"]);
    return;
  }
  after.result = me.goesBack ? Result.reverted : Result.done;
  after.stage = rules.quietAfterVerify ? Stage["quiet after verifying"] : Stage["recording the outcome"];
  step.end(run, Action.verifies);
  mayBeUnhealthy(step, run, 0);
}

export function waitAfterVerify(step: Step, run: number): void {
  if (step.now.run(run).unanswered > 0) return;
  step.begin().run(run).stage = Stage["recording the outcome"];
  step.end(run, Action["knows that nothing of it is under way"]);
}

/** §1: current.json, put-if-match, only to a higher number. */
export function writePointer(step: Step, run: number): void {
  const { now, rules } = step;
  const release = step.goalOf(run);
  const seq = rules.oneLog ? now.run(run).tail : now.run(run).epoch + 1;
  const rises = !rules.oneLog || !rules.pointerOnlyRises || now.pointerSeq < seq;
  const next = step.begin();
  if (rises) {
    next.pointer = release;
    next.pointerSeq = seq;
    outdate(next, MessageKind.pointer);
  }
  next.run(run).stage = Stage.releasing;
  step.end(run, Action["writes the pointer"], release);
  if (!now.delaysLeft || !rises) return;
  const late = step.begin();
  late.delaysLeft -= 1;
  if (sendLate(late, { kind: MessageKind.pointer, from: run, value: release, detail: seq, ticksLeft: neverExpires }))
    step.end(run, Action["writes the pointer: no answer"], release);
}
