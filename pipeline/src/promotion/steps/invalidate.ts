import type { StepReport } from "../../ledger/records.ts";
import { sha256 } from "../../release/canonical-json.ts";
import type { Step } from "../plan.ts";
import {
  couldNotTell,
  done,
  failure,
  pause,
  persist,
  type StepContext,
  secondsSince,
  unknown,
} from "./step-context.ts";

const limitSeconds = 600;

/**
 * Makes every edge ask again. The key contains epoch and attempt, so that a second visit of a SHA is not answered with the
 * first one's invalidation (R20). Safe twice: a resumption invalidates again.
 */
export async function invalidate(
  step: Extract<Step, { kind: "invalidate" }>,
  context: StepContext,
): Promise<StepReport> {
  const { web } = context.ports;
  const key = sha256(
    JSON.stringify([context.environment, context.lineage, context.epoch, context.attempt(), step.paths]),
  ).slice(7, 47);
  const start = context.clock.monotonic();
  const ordered = await persist(context, async () => {
    await context.guard();
    return web.invalidate(step.paths, key, context.permit);
  });
  if (!ordered.ok) return couldNotTell(context, step.kind, ordered.error);
  for (;;) {
    const answer = await persist(context, () => web.isInvalidated(key));
    if (!answer.ok) return couldNotTell(context, step.kind, answer.error);
    if (answer.value) return done(true, describePaths(step.paths));
    if (secondsSince(context, start) > limitSeconds) {
      return unknown(
        failure(context, { code: "could-not-tell", step: step.kind, cause: `not finished after ${limitSeconds} s` }),
      );
    }
    context.progress(describePaths(step.paths), limitSeconds);
    await pause(context, web.pollMilliseconds);
  }
}

const describePaths = (paths: readonly string[]): string =>
  paths.length <= 3 ? paths.join(paths.length === 2 ? " and " : ", ") : `${paths.length} paths`;
