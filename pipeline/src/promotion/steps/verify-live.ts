import type { StepReport } from "../../ledger/records.ts";
import type { Step } from "../plan.ts";
import { type LiveVerdict, verifyLive } from "../verify-live.ts";
import { done, failed, failure, pause, type StepContext, secondsSince, unknown } from "./step-context.ts";

/** Edges and routers may lag a moment behind; what is not right by then is not right. */
const limitSeconds = 20;
const pauseMilliseconds = 250;

/** Looks at everything at once, last of all and after the quiet (R9, R10): no outcome says more than this saw. */
export async function verifyLiveStep(
  step: Extract<Step, { kind: "verify-live" }>,
  context: StepContext,
): Promise<StepReport> {
  await context.waitUntilQuiet();
  const start = context.clock.monotonic();
  const { ports, web, shapeOf, reachable, looking } = context;
  for (;;) {
    const verdict = await verifyLive({ ports, state: step.state, web, shapeOf, reachable, looking });
    if (verdict.status === "yes") return done(false, verdict.summary);
    const limit = limitOf(verdict, shapeOf);
    context.progress(verdict.summary, limit);
    if (secondsSince(context, start) > limit) return notLive(step, verdict, context);
    await pause(context, Math.max(pauseMilliseconds, ports.services.pollMilliseconds));
  }
}

/** A task that was started besides is given the time that a start may take. */
function limitOf({ checks }: LiveVerdict, shapeOf: StepContext["shapeOf"]): number {
  const wrong = checks.filter(({ status }) => status !== "yes");
  if (!wrong.every(({ isStarting }) => isStarting)) return limitSeconds;
  const starts = wrong.map(({ name }) => shapeOf(name)?.startTimeoutSeconds ?? 0);
  return limitSeconds + Math.max(0, ...starts);
}

function notLive(step: Extract<Step, { kind: "verify-live" }>, verdict: LiveVerdict, context: StepContext) {
  const first = verdict.checks.find((check) => check.status === verdict.status);
  const name = first?.part === "service" ? first.name : null;
  const cause = `${first?.part ?? "check"} ${first?.name ?? ""}: ${first?.message ?? "not as promised"}`;
  const log = verdict.checks
    .filter((check) => check.status !== "yes")
    .map((check) => `${check.part} ${check.name}: ${check.message}`);
  if (verdict.status === "unknown")
    return unknown(failure(context, { code: "could-not-tell", step: step.kind, name, cause, log }));
  return failed(failure(context, { code: first?.code ?? "digest-mismatch", step: step.kind, name, cause, log }));
}
