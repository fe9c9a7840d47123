import type { StepReport } from "../../ledger/records.ts";
import { count, countRunning } from "../../policy/spell.ts";
import type { RolloutLook, ServiceLook } from "../../ports.ts";
import type { ServiceShape } from "../../release/manifest.ts";
import { isBaking, isExpected, isOn, judgeRollout, type RollMemory, strangerIn, whyOf } from "../judge-rollout.ts";
import type { Step } from "../plan.ts";
import {
  attempt,
  done,
  failed,
  failure,
  pause,
  type StepContext,
  secondsSince,
  short,
  unknown,
} from "./step-context.ts";

type RollStep = Extract<Step, { kind: "roll-service" }>;

/** Three starts, their draining and some air; never under the five minutes that ECS may need to place a task. */
const rollLimitSeconds = (shape: ServiceShape): number =>
  Math.max(300, 3 * shape.startTimeoutSeconds + shape.drainTimeoutSeconds + 30);

/** Nobody watches a release for longer than this before it has all the traffic. */
const longestBakeSeconds = 2 * 3_600;

/** Check, act, confirm, resume and lost reply are one loop: what was ordered is whatever the next look shows. */
export async function rollService(step: RollStep, context: StepContext): Promise<StepReport> {
  const shape = context.shapeOf(step.service);
  if (!shape)
    return failed(
      failure(context, {
        code: "service-not-started",
        step: step.kind,
        name: step.service,
        cause: "the release does not describe this service",
      }),
    );
  const { services } = context.ports;
  const start = context.clock.monotonic();
  const limit = rollLimitSeconds(shape);
  let memory: RollMemory = {
    staleRollout: null,
    orders: 0,
    old: new Set(),
    looksSinceOrder: 0,
    looksNotOurs: 0,
    refusals: 0,
    refusal: null,
  };
  /** Of the last look; null: it was answered. */
  let lastError: string | null = null;
  let last: ServiceLook | null = null;
  for (;;) {
    const look = await attempt(() => services.inspect(step.service));
    if (look.ok) {
      lastError = null;
      // A rollout that was over when we first looked says nothing about our order.
      memory = last
        ? { ...memory, looksSinceOrder: memory.looksSinceOrder + 1 }
        : { ...memory, staleRollout: look.value.rollout?.id ?? null };
      memory = { ...memory, looksNotOurs: isExpected(look.value, step) ? 0 : memory.looksNotOurs + 1 };
      last = look.value;
      const verdict = judgeRollout(look.value, step, memory, context.until);
      if (verdict.verdict === "there") return done(memory.orders > 0, describe(look.value, step, memory.orders > 0));
      if (verdict.verdict === "failed") return rollFailed(step, verdict, context);
      if (verdict.verdict === "order") {
        await context.guard();
        const ordered = await attempt(() => services.roll(shape, step.to, context.permit));
        if (!ordered.ok && ordered.error.effect === "possible") context.unanswered();
        const old = new Set(look.value.tasks.map(({ id }) => id));
        memory =
          ordered.ok || ordered.error.effect === "possible"
            ? { ...memory, orders: memory.orders + 1, old, looksSinceOrder: 0 }
            : { ...memory, refusals: memory.refusals + 1, refusal: ordered.error.message };
      }
      context.progress(progressText(look.value, step, memory), limit);
    } else lastError = look.error.message;
    const mayBake = lastError === null && last !== null && isBaking(last, step.to, memory);
    if (secondsSince(context, start) > (mayBake ? longestBakeSeconds : limit)) break;
    await pause(context, services.pollMilliseconds);
  }
  const where = { step: step.kind, name: step.service } as const;
  // What was seen before the silence may have come true since: only a last look that was answered says no.
  if (last && lastError === null) return failed(failure(context, { ...where, ...tooLate(last, step, memory, limit) }));
  return unknown(failure(context, { ...where, code: "could-not-tell", cause: lastError ?? "never asked" }));
}

function rollFailed(
  step: RollStep,
  verdict: Extract<ReturnType<typeof judgeRollout>, { verdict: "failed" }>,
  context: StepContext,
): StepReport {
  const log = logOf(verdict.rollout);
  const report = failure(context, {
    code: verdict.code,
    step: step.kind,
    name: step.service,
    cause: verdict.cause,
    log: log.slice(-40),
    logLines: log.length,
    requestsServed: verdict.rollout?.requestsServed ?? null,
  });
  return failed(report, verdict.notOurs);
}
/** A platform that tries for ever says no more than why each try failed: that goes first. */
function tooLate(look: ServiceLook, step: RollStep, memory: RollMemory, limit: number) {
  const rollout = look.rollout?.id === memory.staleRollout ? null : look.rollout;
  const log = logOf(rollout);
  const stranger = strangerIn(look, step.to);
  return {
    code: stranger ? ("digest-mismatch" as const) : ("service-unhealthy" as const),
    cause: [
      stranger?.image && `task ${stranger.id} runs ${short(stranger.image)}`,
      rollout && whyOf(rollout),
      `not there after ${limit} s: ${progressText(look, step, memory)}`,
    ]
      .filter(Boolean)
      .join("; "),
    log: log.slice(-40),
    logLines: log.length,
  };
}

const logOf = (rollout: RolloutLook | null): readonly string[] => rollout?.causes.at(-1)?.log ?? [];

const healthyOn = (look: ServiceLook, step: RollStep): number =>
  look.tasks.filter((task) => isOn(task, step.to) && task.health === "healthy").length;

function describe(look: ServiceLook, step: RollStep, ordered: boolean): string {
  if (look.tasksWanted === 0) return "idle: no task is wanted";
  return ordered
    ? `${countRunning(healthyOn(look, step), look.tasksWanted)} ${short(step.to.image)}`
    : `already ${healthyOn(look, step)} of ${look.tasksWanted} on ${short(step.to.image)}`;
}

function progressText(look: ServiceLook, step: RollStep, { old }: RollMemory): string {
  const draining = look.tasks.filter((task) => task.health === "draining").length;
  const tasks = look.tasks.filter(({ id }) => !old.has(id));
  const fresh = `${Math.min(healthyOn({ ...look, tasks }, step), look.tasksWanted)} of ${count(look.tasksWanted, "new task")} healthy`;
  return draining > 0 ? `${fresh}, ${draining} old ${draining === 1 ? "drains" : "drain"}` : fresh;
}
