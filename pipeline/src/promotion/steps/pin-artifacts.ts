import { RefusalError } from "../../errors.ts";
import type { StepReport } from "../../ledger/records.ts";
import { inWords, spellImages } from "../../policy/spell.ts";
import { pinRelease } from "../../release/collection/retention.ts";
import type { Step } from "../plan.ts";
import { couldNotTell, done, failed, failure, persist, type StepContext } from "./step-context.ts";

/** Keeps what the release needs from collection. Safe twice: pins are rewritten with this epoch even when they are there (R23). */
export async function pinArtifacts(
  step: Extract<Step, { kind: "pin-artifacts" }>,
  context: StepContext,
): Promise<StepReport> {
  const { environment } = context;
  const pinned = await persist(context, () => pin(step, context));
  if (!pinned.ok) return couldNotTell(context, "pin-artifacts", pinned.error);
  if (pinned.value)
    return failed(failure(context, { code: "publish-failed", step: "pin-artifacts", cause: pinned.value }));
  for (const digest of step.images) {
    const image = await persist(context, () =>
      context.ports.images.pin({ digest }, `deployed-${environment}-${step.sha}`, context.permit),
    );
    if (!image.ok) return couldNotTell(context, "pin-artifacts", image.error);
    const look = await persist(context, () => context.ports.images.inspect({ digest }));
    if (!look.ok) return couldNotTell(context, "pin-artifacts", look.error);
    if (!look.value?.pullable) {
      return failed(
        failure(context, {
          code: "service-not-started",
          step: "pin-artifacts",
          cause: `image ${digest} is not there: ${look.value?.because ?? "unknown to the registry"}`,
        }),
      );
    }
  }
  const hasRunner = step.told?.hasRunner ?? false;
  const images = spellImages(step.images.length - (hasRunner ? 1 : 0), hasRunner);
  return done(true, `${inWords([...images, "the release"])} kept for ${environment}`);
}

/** Null: pinned. Otherwise why it can never be: retired by the collector meanwhile, or not readable. */
async function pin(step: Extract<Step, { kind: "pin-artifacts" }>, context: StepContext): Promise<string | null> {
  context.permit.check();
  try {
    const pinned = await pinRelease(context.store, step.sha, context.environment, context.epoch);
    return pinned === "retired" ? "the release was retired by the collector, and a retired commit never returns" : null;
  } catch (error) {
    if (error instanceof RefusalError) return error.message;
    throw error;
  }
}
