import type { Hold, LeaseLook } from "@slipway/pipeline";
import type { Document } from "../output.ts";
import { leaseDocument } from "./promotion.ts";
import { holdDocument } from "./status.ts";

export interface HoldDocument extends Document {
  readonly kind: "hold";
  readonly env: string;
  readonly outcome: "held" | "lifted" | "none" | "busy";
  /** As it is now. */
  readonly hold: object | null;
  /** Of whoever is changing the environment; null: nobody, or it was not asked. */
  readonly lease: object | null;
  readonly exit: 0 | 5;
}

export const holdOutcome = (
  env: string,
  outcome: HoldDocument["outcome"],
  hold: Hold | null,
  lease: LeaseLook | null,
): HoldDocument => ({
  kind: "hold",
  version: 1,
  env,
  outcome,
  hold: holdDocument(hold),
  lease: lease && leaseDocument(lease),
  exit: outcome === "busy" ? 5 : 0,
});
