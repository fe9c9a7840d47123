import type { StepReport } from "../ledger/records.ts";
import type { Step } from "./plan.ts";
import { invalidate } from "./steps/invalidate.ts";
import { pinArtifacts } from "./steps/pin-artifacts.ts";
import { prepareServices } from "./steps/prepare-services.ts";
import { publishWeb } from "./steps/publish-web.ts";
import { retireService } from "./steps/retire-service.ts";
import { rollService } from "./steps/roll-service.ts";
import { runMigrations } from "./steps/run-migrations.ts";
import type { StepContext } from "./steps/step-context.ts";
import { switchWeb } from "./steps/switch-web.ts";
import { verifyLiveStep } from "./steps/verify-live.ts";

/** One step; the compiler refuses a kind without a case. */
export function performStep(step: Step, context: StepContext): Promise<StepReport> {
  switch (step.kind) {
    case "pin-artifacts":
      return pinArtifacts(step, context);
    case "prepare-services":
      return prepareServices(step, context);
    case "publish-web":
      return publishWeb(step, context);
    case "run-migrations":
      return runMigrations(step, context);
    case "roll-service":
      return rollService(step, context);
    case "retire-service":
      return retireService(step, context);
    case "switch-web":
      return switchWeb(step, context);
    case "invalidate":
      return invalidate(step, context);
    case "verify-live":
      return verifyLiveStep(step, context);
  }
}
