import {
  type Check,
  type ExitCode,
  exitCodes,
  type GoodRun,
  type LiveVerdict,
  type Verification,
} from "@slipway/pipeline";
import type { VerifyDocument } from "./schemas/verify.ts";

/** Of what is stored. */
export function storedDocument(sha: string, verification: Verification): VerifyDocument {
  const whole = verification.status === "whole" ? verification : null;
  return {
    kind: "verify",
    version: 1,
    sha,
    outcome: verification.status === "whole" ? "same" : verification.status,
    digest: "release" in verification ? (verification.release?.digest ?? null) : null,
    objects: whole?.objects ?? null,
    images: whole?.images ?? null,
    differences: verification.status === "differs" ? verification.differences : [],
    exit: whole ? exitCodes.done : exitCodes.refused,
  };
}

/** Of what runs. */
export const runningDocument = (
  env: string,
  { sha, epoch }: GoodRun,
  { status, checks }: LiveVerdict,
  exit: ExitCode,
): VerifyDocument => ({
  kind: "verify",
  version: 1,
  env,
  sha,
  epoch,
  outcome: ({ yes: "same", no: "differs", unknown: "unknown" } as const)[status],
  checks: checks.map(({ part, name, status: seen, message }: Check) => ({ part, name, status: seen, message })),
  exit,
});

export const nothingRunsDocument = (env: string): VerifyDocument => ({
  kind: "verify",
  version: 1,
  env,
  sha: null,
  epoch: null,
  outcome: "empty",
  checks: [],
  exit: 0,
});
