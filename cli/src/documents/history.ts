import { type EpochSummary, endingWords, movementOf } from "../history/epochs.ts";
import type { Session } from "../session.ts";
import { failureDocument } from "./failure.ts";
import type { EpochDocument, EpochStepDocument, HistoryDocument } from "./schemas/history.ts";

export type { EpochDocument, EpochStepDocument, HistoryDocument };

/** The words of every document; on record a failed promotion that was put back has settled as "reverted". */
const outcomes = { done: "done", reverted: "failed", refused: "refused", partial: "failed" } as const;

const epochDocument = (epoch: EpochSummary): EpochDocument => {
  const { from, to } = movementOf(epoch);
  return {
    env: epoch.environment,
    epoch: epoch.epoch,
    command: epoch.open.command,
    resumes: epoch.open.resumes,
    by: epoch.open.by.name,
    runUrl: epoch.open.runUrl,
    from,
    to,
    plan: epoch.plan?.plan.hash.replace(/^sha256:/, "") ?? null,
    startedAt: epoch.openedAt,
    endedAt: epoch.endedAt,
    outcome: epoch.outcome ? outcomes[epoch.outcome.result] : "unknown",
    environment: epoch.outcome?.environment ?? null,
    ended: endingWords(epoch),
    overridden: epoch.plan?.overridden ?? [],
    waived: epoch.plan?.waived ?? [],
    approvedBy: epoch.plan?.approvedBy ?? [],
    reason: epoch.open.request?.reason ?? null,
    reasons: epoch.outcome?.reasons ?? [],
    failure: epoch.outcome?.failure ? failureDocument(epoch.outcome.failure) : null,
    database: epoch.database && { migrations: epoch.database.applied?.length ?? 0 },
    steps: epoch.steps.map((step) => ({
      n: step.n,
      kind: step.step,
      name: step.name,
      back: step.back,
      outcome: step.report.status === "done" && !step.report.changed ? "same" : step.report.status,
      summary: step.report.summary,
      seconds: Math.round(step.milliseconds / 100) / 10,
      log: step.log,
    })),
  };
};

export const historyDocument = (
  { policy }: Pick<Session, "policy">,
  epochs: readonly EpochSummary[],
): HistoryDocument => ({
  kind: "history",
  version: 1,
  app: policy.policy.app,
  epochs: epochs.map(epochDocument),
  exit: 0,
});
