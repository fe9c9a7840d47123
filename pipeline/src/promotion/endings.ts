import { exitCodes, failures } from "../codes.ts";
import type { Considered } from "./consider.ts";
import type { Ending, PromotionReport } from "./report.ts";
import type { Epoched } from "./run.ts";

/** A report before the command's own frame is put around it; what is left out stayed empty. */
export type PartialReport = Partial<PromotionReport> & Pick<PromotionReport, "ending" | "exit" | "environment">;
/** A report with nothing changed. */
export function ended(ending: Ending, seen: Considered): PartialReport {
  const { plan, decision, facts } = seen;
  return { ending, exit: exitOfEnding(ending, seen), environment: "unchanged", plan, decision, facts };
}

export function exitOfEnding(
  ending: Ending,
  seen: Considered | null,
  failure: keyof typeof failures | null = null,
): PromotionReport["exit"] {
  switch (ending.kind) {
    case "done":
    case "already":
    case "overtaken":
      return exitCodes.done;
    case "refused":
      return seen?.decision.reasons.some((reason) => reason.kind === "no") ? exitCodes.refused : exitCodes.unknown;
    case "busy":
    case "lost":
      return exitCodes.busy;
    case "reverted":
      if (ending.because === "asked") return exitCodes.done;
      return ending.because === "interrupted" ? exitCodes.interrupted : failure ? failures[failure] : exitCodes.failed;
    case "partial":
      return exitCodes.partial;
    case "open":
      return exitCodes.unknown;
  }
}

/** No outcome: could not tell is not a no, and the same command goes on. */
export function stayOpen(epoched: Epoched, because: string, now: Considered): PartialReport {
  const { plan, decision, facts } = now;
  return {
    ending: { kind: "open", because, code: "could-not-tell" },
    exit: 7,
    environment: "unknown",
    epoch: epoched.writer.epoch,
    plan,
    decision,
    facts,
  };
}

/** Nothing is put back and nothing settled: the same command goes on. */
export const interruptedHere = (epoched: Epoched, now: Considered): PartialReport => ({
  ...stayOpen(epoched, "interrupted", now),
  ending: { kind: "open", because: "interrupted", code: "interrupted" },
});
