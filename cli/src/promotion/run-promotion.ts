import {
  type ExitCode,
  exitCodes,
  type PromotionEvent,
  type PromotionReport,
  type PromotionRequest,
  type PromotionWorld,
  promote,
  readTarget,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { errorDocumentOf } from "../documents/error.ts";
import { promotionDocument } from "../documents/promotion.ts";
import { holderOf, isGone, type Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { utcClock } from "../terminal/times.ts";
import { spellAhead } from "./ahead.ts";
import { InterruptedWait, listenForStop } from "./interruption.ts";
import { nearestRollback } from "./nearest.ts";
import { Commands } from "./next.ts";
import { lookAtParts } from "./parts-now.ts";
import { prepareLocal } from "./prepare-local.ts";
import { rendererFor } from "./renderer-for.ts";
import { waitOf } from "./request.ts";
import { type Stage, spellLeave, spellStop, stageAfter } from "./stage.ts";
import { verdictOf } from "./verdict.ts";

/** Carries out a promotion or a rollback, shows it while it runs, and says how it ended. */
export async function runPromotion(call: Call, session: Session, request: PromotionRequest): Promise<ExitCode> {
  const { output } = call;
  const start = session.clock.monotonic();
  const { store, revive } = await prepareLocal(call, session, request);
  let stage: Stage = { kind: "looking" };
  const renderer = rendererFor(call, session, request.environment);
  const name = session.nameOf(request.environment);
  using stop = listenForStop(call, {
    say: renderer.say,
    first: () => spellStop(stage, output.style),
    leaving: (isAgain) => spellLeave(stage, output.style, isAgain),
    left: () => ({
      verdict: "Unknown",
      text: `left ${name} while it was being changed; its promotion is open, and the same command goes on`,
      next: [new Commands(sameLadder(call), true).again(request)],
    }),
  });
  const emit = (event: PromotionEvent): void => {
    stage = stageAfter(event, stage);
    output.event(event);
    renderer.show(event);
  };
  const connect: PromotionWorld["connect"] = (target) =>
    session.connect(target, async () => {
      const said = await revive();
      if (said !== null) renderer.say(said);
    });
  const world: PromotionWorld = {
    store,
    source: session.source,
    approvals: session.approvals,
    clock: session.clock,
    random: session.random,
    connect,
    connectBelow: connect,
    policy: session.policy,
    holder: await holderOf(session),
    isGone,
    timing: session.timing,
    redact: session.redact,
    emit,
    interrupt: stop.interrupt,
  };
  try {
    const report = await promote(world, request, waitOf(call));
    renderer.end();
    return await tell(call, session, report, (session.clock.monotonic() - start) / 1000);
  } catch (error) {
    renderer.end();
    if (error instanceof InterruptedWait && stop.asked()) return interruptedWait(call, session, request);
    throw error;
  }
}

/** What only adds words to an ending never takes its place, whatever cannot be read by then. */
const orNull = <T>(ask: () => Promise<T | null>): Promise<T | null> => ask().catch(() => null);

async function tell(call: Call, session: Session, report: PromotionReport, seconds: number): Promise<ExitCode> {
  const { environment } = report.request;
  const url = await orNull(async () => (await readTarget(session.store, environment))?.target.url ?? null);
  const isDone = report.ending.kind === "done" && report.request.action === "promote";
  const ahead = isDone ? await orNull(() => spellAhead(call, session, report.request)) : null;
  const nearest = await orNull(() => nearestRollback(session, report));
  const parts = await lookAtParts(session, report, call.output.style);
  const message = verdictOf({ call, session, report, seconds, url, ahead, parts, nearest });
  call.output.verdict(call.output.style.isTerminal ? message : { ...message, at: utcClock(report.endedAt) });
  call.output.document(promotionDocument(report, { app: session.policy.policy.app, url, next: message.next ?? [] }));
  if (call.shell.variables.GITHUB_STEP_SUMMARY) {
    const { summariseResult } = await import("../github/step-summary.ts");
    await summariseResult(call, session, { report, message, seconds, url });
  }
  return report.exit;
}

function interruptedWait(call: Call, session: Session, request: PromotionRequest): ExitCode {
  const text = `stopped while waiting for ${session.nameOf(request.environment)}. Nothing was changed.`;
  call.output.verdict({ verdict: "Interrupted", text });
  call.output.document(errorDocumentOf("interrupted", exitCodes.interrupted, text));
  return exitCodes.interrupted;
}
