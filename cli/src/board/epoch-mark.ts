import { type EpochSummary, endingWords, movementOf } from "../history/epochs.ts";
import type { TimelineEpoch } from "./documents.ts";

/** An epoch as one sign on a line. */
export function timelineEpoch(epoch: EpochSummary): TimelineEpoch {
  return {
    epoch: epoch.epoch,
    sha: movementOf(epoch).to,
    startedAt: epoch.openedAt,
    endedAt: epoch.endedAt,
    mark: markOf(epoch),
    ended: endingWords(epoch),
    by: epoch.open.by.name,
  };
}

function markOf({ open, outcome, isOver }: EpochSummary): TimelineEpoch["mark"] {
  if (open.command === "infrastructure") return "other";
  switch (outcome?.result) {
    case "refused":
      return "refused";
    case "done":
      return open.command === "rollback" ? "rollback" : "done";
    case "reverted":
      // Held: it was put back because somebody asked for that.
      return outcome.held ? "rollback" : "failed";
    case "partial":
      return "failed";
    case undefined:
      return isOver ? "lost" : "open";
  }
}
