import type { StepReport } from "../../ledger/records.ts";
import type { Step } from "../plan.ts";
import { couldNotTell, done, failed, failure, persist, type StepContext } from "./step-context.ts";

/** Registers what each service is to run; nothing live changes. Safe twice: a definition is found again by its content. */
export async function prepareServices(
  step: Extract<Step, { kind: "prepare-services" }>,
  context: StepContext,
): Promise<StepReport> {
  for (const { service, to } of step.services) {
    const shape = context.shapeOf(service);
    if (!shape)
      return failed(
        failure(context, {
          code: "service-not-started",
          step: step.kind,
          name: service,
          cause: "the release does not describe this service",
        }),
      );
    const answer = await persist(context, () => context.ports.services.prepare(shape, to, context.permit));
    if (!answer.ok) return couldNotTell(context, step.kind, answer.error, service);
  }
  return done(
    !step.already,
    step.services.length === 1 ? "1 definition registered" : `${step.services.length} definitions registered`,
  );
}
