import type { FailureReport } from "@slipway/pipeline";
import type { FailureDocument } from "./schemas/parts/failed.ts";

export const failureDocument = ({ where, ...failure }: FailureReport): FailureDocument => ({
  ...failure,
  where: where && { ...where, path: null },
});
