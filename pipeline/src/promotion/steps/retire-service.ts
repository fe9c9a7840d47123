import type { StepReport } from "../../ledger/records.ts";
import { provesGone } from "../judge-rollout.ts";
import type { Step } from "../plan.ts";
import { attempt, done, failed, failure, pause, type StepContext, secondsSince, unknown } from "./step-context.ts";

const limitSeconds = 300;

/** Stops a service that the release does not have. Safe twice: one that is gone stays gone. */
export async function retireService(
  step: Extract<Step, { kind: "retire-service" }>,
  context: StepContext,
): Promise<StepReport> {
  const { services } = context.ports;
  const start = context.clock.monotonic();
  let orders = 0;
  let looks = 0;
  let lastError: string | null = null;
  /** Why the last order was not taken; null: it was. */
  let refusal: string | null = null;
  for (;;) {
    const look = await attempt(() => services.inspect(step.service));
    if (look.ok) {
      lastError = null;
      if (provesGone(look.value)) return done(orders > 0, orders > 0 ? "stopped, no task left" : "already gone");
      if (look.value.wanted !== null && looks % 5 === 0) {
        await context.guard();
        const ordered = await attempt(() => services.retire(step.service, context.permit));
        if (!ordered.ok && ordered.error.effect === "possible") context.unanswered();
        refusal = ordered.ok ? null : ordered.error.message;
        orders += 1;
      }
      looks += 1;
      context.progress(
        `${look.value.tasks.length} ${look.value.tasks.length === 1 ? "task" : "tasks"} still to stop`,
        limitSeconds,
      );
    } else lastError = look.error.message;
    if (secondsSince(context, start) > limitSeconds) break;
    await pause(context, services.pollMilliseconds);
  }
  const where = { step: step.kind, name: step.service } as const;
  return lastError === null
    ? failed(
        failure(context, {
          ...where,
          code: "service-unhealthy",
          cause: [`still there after ${limitSeconds} s`, refusal].filter(Boolean).join(": "),
        }),
      )
    : unknown(failure(context, { ...where, code: "could-not-tell", cause: lastError }));
}
