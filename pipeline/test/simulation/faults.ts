/** What may happen at one call of one port (reliability-performance.md §1.2): each of seven kinds, before or after the effect. */
export type FaultKind =
  | "crash-before"
  | "crash-after"
  | "error-not-applied"
  | "error-but-applied"
  | "throttled"
  | "slow-before"
  | "slow-after"
  | "stale-read";
/**
 * Beside them, where several run at once. late: no answer comes, and the request lands later than anybody waits for it.
 * kill-in-flight: it lands, and its process is gone. expired: credentials are refused.
 */
export type StrikeKind = FaultKind | "late" | "kill-in-flight" | "expired";
export type CrashKind = "crash-before" | "crash-after";

export interface PlannedFault {
  /** Which call of this incarnation, from 1. */
  readonly call: number;
  readonly kind: FaultKind;
}

/** One call as it was made: what it takes to know which faults can be told apart there. */
export interface CallSeen {
  readonly call: number;
  readonly name: string;
  readonly mutating: boolean;
  /** An earlier answer to the same question was another one, and the port may give it again. */
  readonly couldBeStale: boolean;
  /** That answer; null: it could not be stale. */
  readonly before: string | null;
  /** A fault struck here. */
  readonly struck: StrikeKind | null;
  /** What this call suffered: the fault that struck here, or one from before that lasts. */
  readonly suffered: StrikeKind | null;
  /** When its process made it, and when that had the answer: milliseconds of virtual time. Null: none, or an error. */
  readonly madeAt: number;
  readonly answeredAt: number | null;
}

/**
 * Faults at this call that differ from each other in what anybody can see, but for crashes. A read has no effect: failing before it and after it
 * is one thing, and a late answer is a slow one.
 */
export function faultsAt(seen: CallSeen): readonly Exclude<FaultKind, CrashKind>[] {
  if (seen.mutating) return ["error-not-applied", "error-but-applied", "throttled", "slow-before", "slow-after"];
  const reads = ["error-not-applied", "throttled", "slow-after"] as const;
  return seen.couldBeStale ? [...reads, "stale-read"] : reads;
}
