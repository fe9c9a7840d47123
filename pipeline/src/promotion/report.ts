import type { ExitCode } from "../codes.ts";
import type { Epoch, Instant } from "../identifiers.ts";
import type { LeaseLook } from "../ledger/lease-look.ts";
import type { FailureReport, PromotionRequest, StepReport } from "../ledger/records.ts";
import type { Decision } from "../policy/policy.ts";
import type { Facts } from "./facts.ts";
import type { EnvironmentState, Plan, Step } from "./plan.ts";
import type { LiveVerdict } from "./verify-live.ts";

export interface StepOutcome {
  /** Position in its plan, from 1. */
  readonly n: number;
  readonly step: Step;
  readonly back: boolean;
  readonly report: StepReport;
  readonly seconds: number;
}

/** How the command ended, for every kind of shell; only `done`, `reverted` and `partial` are outcomes on record. */
export type Ending =
  | { readonly kind: "done"; readonly held: boolean }
  /** True already, by record and by sight; no lease, no record, no mutating call. */
  | { readonly kind: "already"; readonly verdict: LiveVerdict }
  | { readonly kind: "refused" }
  /** An automatic request that a newer release has overtaken: nothing to do, and no failure. */
  | { readonly kind: "overtaken" }
  | { readonly kind: "busy"; readonly look: LeaseLook }
  /** Tried; the environment is as before. `asked`: a rollback of an open promotion, so this is what was wanted. */
  | {
      readonly kind: "reverted";
      readonly environment: "unchanged" | "reverted";
      readonly because: "failure" | "interrupted" | "asked";
      readonly held: boolean;
    }
  | { readonly kind: "partial"; readonly notBack: readonly string[] }
  /** Another run has taken over, or our lease is gone: nothing more was written. */
  | { readonly kind: "lost"; readonly because: string }
  /** Could not tell: the promotion stays open, the same command goes on. `recorded`: all is done but the outcome. */
  | {
      readonly kind: "open";
      readonly because: string;
      readonly code: "could-not-tell" | "record-failed" | "lease-lost" | "interrupted";
    };

export interface PromotionReport {
  readonly request: PromotionRequest;
  readonly ending: Ending;
  readonly exit: ExitCode;
  /** What became of the environment. */
  readonly environment: "promoted" | "unchanged" | "reverted" | "partial" | "unknown";
  /** Null: no epoch was opened. */
  readonly epoch: Epoch | null;
  /** Epoch of the promotion that this run went on with. */
  readonly resumes: Epoch | null;
  readonly plan: Plan | null;
  readonly decision: Decision | null;
  readonly facts: Facts | null;
  readonly failure: FailureReport | null;
  readonly steps: readonly StepOutcome[];
  readonly observed: EnvironmentState | null;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}
