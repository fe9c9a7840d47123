import type { FailureCode } from "../codes.ts";
import type { RunnerResult } from "../migration/batch.ts";
import type { TaskState } from "../ports.ts";

export type TaskVerdict =
  | { readonly verdict: "done"; readonly result: RunnerResult }
  | {
      readonly verdict: "failed";
      readonly code: FailureCode;
      readonly cause: string;
      readonly result: RunnerResult | null;
    };

/**
 * Green needs exit code 0 of every essential container *and* the runner's own result line; an exit code that is missing
 * means never started (aws.md A2 #7).
 */
export function judgeTask(
  state: Extract<TaskState, { status: "stopped" }>,
  result: RunnerResult | null,
  timedOut: boolean,
): TaskVerdict {
  const failing = state.containers.find((container) => container.exitCode !== 0);
  // Also when it was asked to stop just then: what is applied is applied.
  if (!failing && state.containers.length > 0 && result?.status === "done") return { verdict: "done", result };
  if (timedOut)
    return { verdict: "failed", code: "migration-timeout", cause: `stopped at its limit: ${state.because}`, result };
  if (result?.failure) {
    const { code, message } = result.failure;
    return { verdict: "failed", code: "migration-failed", cause: `${code} ${message}`, result };
  }
  if (failing && failing.exitCode === null)
    return { verdict: "failed", code: "migration-not-started", cause: state.because, result };
  const cause = failing ? `exit ${failing.exitCode}: ${state.because}` : "it ended without the runner's result line";
  return { verdict: "failed", code: "migration-failed", cause, result };
}
