import type { StatusDocument } from "../documents/status.ts";
import type { Document } from "../output.ts";

/*
 * What the board's page asks for, by GET under /api, and gets as JSON. Private to the page, but for the documents of verbs (docs/adr/0006). Times are UTC
 * instants; a SHA has 40 digits. Any answer may be an error document in its place (`kind: "error"`), with a status of 400 and above.
 *
 * /api/board                       BoardDocument, each 5 s
 * /api/releases                    ReleasesDocument: the newest 20
 * /api/timeline?days=7|30|90       TimelineDocument
 * /api/journey/<sha>               JourneyDocument
 * /api/why/<env>?sha=&asOf=        ExplainDocument; without sha for the release of the environment below; asOf an instant
 * /api/history/<env>/<epoch>       HistoryDocument with that epoch
 * /api/log/<env>/<epoch>/<step n>  LogDocument; ?back=1: of the step with that n on the way back
 * /api/figures?days=30|90          FiguresDocument
 */

export interface BoardDocument extends Document {
  readonly kind: "board";
  readonly status: StatusDocument;
  /** The ladder, bottom first. */
  readonly environments: readonly LaneDocument[];
}

/** Beside its row of the status document. */
export interface LaneDocument {
  readonly env: string;
  /** As people call it: with `--local` that is said. */
  readonly name: string;
  /** Number of its ledger's last record: while it stands still nothing was promoted here. */
  readonly seq: number;
  readonly soakSeconds: number;
  readonly approvals: number;
  /** Subject of the release that may enter next; null: none may, or it cannot be read. */
  readonly nextSubject: string | null;
  /** Whole commands that help now, for a copy button: none is ever run by the board. */
  readonly commands: readonly string[];
}

export interface TimelineDocument extends Document {
  readonly kind: "timeline";
  readonly from: string;
  /** Now. */
  readonly until: string;
  readonly environments: readonly {
    readonly env: string;
    /** Why its ledger cannot be read; null: it can. */
    readonly because: string | null;
    /** Oldest first. */
    readonly runs: readonly TimelineRun[];
    readonly epochs: readonly TimelineEpoch[];
  }[];
  readonly freezes: readonly TimelineFreeze[];
  /** Of the releases that are named. */
  readonly subjects: Readonly<Record<string, string>>;
}

/** A stay of one release, from the end of the epoch that began it. */
export interface TimelineRun {
  readonly sha: string;
  readonly from: string;
  /** Null: it runs. */
  readonly until: string | null;
}

export interface TimelineEpoch {
  readonly epoch: number;
  readonly sha: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly mark: "done" | "failed" | "rollback" | "lost" | "open" | "refused" | "other";
  /** How it ended, in words. */
  readonly ended: string;
  readonly by: string;
}

export interface TimelineFreeze {
  readonly env: string;
  readonly name: string;
  readonly zone: string;
  readonly from: string;
  readonly until: string;
}

export interface JourneyDocument extends Document {
  readonly kind: "journey";
  readonly sha: string;
  readonly subject: string;
  readonly committedAt: string;
  readonly publishedAt: string;
  readonly by: string;
  readonly runUrl: string | null;
  readonly quarantine: { readonly by: string; readonly at: string; readonly reason: string } | null;
  /** The ladder, bottom first. */
  readonly environments: readonly JourneyStop[];
}

export interface JourneyStop {
  readonly env: string;
  readonly name: string;
  /** Why its ledger cannot be read, and nothing of it is known; null: it can. */
  readonly because: string | null;
  /** Newest first: every epoch that led to it, or away from it by a rollback. */
  readonly attempts: readonly TimelineEpoch[];
  readonly runs: readonly TimelineRun[];
  /** It runs here now, services and pages, and was seen to. */
  readonly isRunning: boolean;
  /** Its longest stay without a gap, beside what the environment above wants; null: none is on record, or none is above. */
  readonly soak: { readonly seconds: number; readonly requiredSeconds: number } | null;
  readonly approvals: readonly JourneyApproval[];
}

export interface JourneyApproval {
  readonly by: string;
  readonly at: string;
  /** Hash of the plan that was approved. */
  readonly plan: string;
  /** "valid", or why it does not count, in words. */
  readonly state: string;
}

/** From the ledger alone. The last environment of the ladder counts; recovery ends at the next done. */
export interface FiguresDocument extends Document {
  readonly kind: "figures";
  readonly env: string;
  readonly days: 30 | 90;
  readonly from: string;
  readonly until: string;
  readonly deploys: { readonly perWeek: number; readonly list: readonly FigureEpoch[] };
  /** Commit to the end of the promotion that brought it; median. */
  readonly leadTime: { readonly medianSeconds: number | null; readonly list: readonly FigureEpoch[] };
  /** Rollbacks, reverts and partial ends among all changes. */
  readonly changeFailure: { readonly share: number | null; readonly of: number; readonly list: readonly FigureEpoch[] };
  /** From a failure to the next done; median. */
  readonly recovery: { readonly medianSeconds: number | null; readonly list: readonly FigureEpoch[] };
}

/** One line of the list that a figure was counted from; newest first. */
export interface FigureEpoch {
  readonly epoch: number;
  readonly sha: string | null;
  readonly subject: string | null;
  readonly endedAt: string;
  readonly ended: string;
  /** Lead time or recovery; null: not of this figure. */
  readonly seconds: number | null;
}
