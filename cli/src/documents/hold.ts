import type { Hold, LeaseLook } from "@slipway/pipeline";
import { leaseDocument } from "./lease.ts";
import type { HoldOutcomeDocument } from "./schemas/hold.ts";
import { holdDocument } from "./status.ts";

export const holdOutcome = (
  env: string,
  outcome: HoldOutcomeDocument["outcome"],
  hold: Hold | null,
  lease: LeaseLook | null,
): HoldOutcomeDocument => ({
  kind: "hold",
  version: 1,
  env,
  outcome,
  hold: holdDocument(hold),
  lease: lease && leaseDocument(lease),
  exit: outcome === "busy" ? 5 : 0,
});
