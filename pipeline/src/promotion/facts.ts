import type { StoredTarget } from "../environment/target.ts";
import type { Digest, Instant, Sha } from "../identifiers.ts";
import type { Hold, Standing } from "../ledger/records.ts";
import type { Quarantine, StoredPolicy } from "../policy/policy.ts";
import type { Approval, CommitRelation, CommitSummary, ImageLook, LiveWebLook, ServiceLook } from "../ports.ts";
import type { StoredRelease } from "../release/manifest.ts";
import type { WebFileList } from "../web/file-list.ts";

/** Known or unknown, and the two are never merged. Made only by observe(), from a PortError. */
export type Observed<T> =
  | { readonly status: "known"; readonly value: T }
  | { readonly status: "unknown"; readonly because: string };

export const known = <T>(value: T): Observed<T> => ({ status: "known", value });

/** A release read back: there and well, not there, or not what it should be. */
export type ReleaseLook =
  | { readonly status: "found"; readonly release: StoredRelease; readonly web: WebFileList | null }
  | { readonly status: "missing" }
  /** Retired by the collector: a tombstone. */
  | { readonly status: "retired" }
  | { readonly status: "corrupt"; readonly because: string };

export interface RelationFact {
  readonly relation: CommitRelation;
  readonly onBranch: boolean | null;
  /** Commits of the candidate that what runs does not contain; null: not known. */
  readonly commits: readonly CommitSummary[] | null;
  /** Commits of what runs that the candidate lacks; for "behind" and "diverged". */
  readonly lost: readonly CommitSummary[] | null;
}

/** How many commits a move brings, and how many of what runs it leaves; null: not known. */
export interface Distance {
  readonly commits: number | null;
  readonly lost: number | null;
}

export function distanceOf({ relation }: Pick<Facts, "relation">): Distance {
  const fact = relation?.status === "known" ? relation.value : null;
  return { commits: fact?.commits?.length ?? null, lost: fact?.lost?.length ?? null };
}

/** Everything observed before deciding. Plain data: a recorded decision can be made again from it. */
export interface Facts {
  /** The store's clock, never the runner's. */
  readonly now: Instant;
  readonly policy: StoredPolicy;
  readonly target: Observed<StoredTarget | null>;
  readonly standing: Standing;
  /** Of the environment below; null: this is the first rung, or a rollback, which does not ask. */
  readonly below: Observed<{
    readonly environment: string;
    readonly standing: Standing;
    /** Why what its ledger says is not what it runs; null: it is. Asked apart from the ledger, which answers more without it. */
    readonly disturbed: Observed<string | null>;
  } | null>;
  /** The release asked for; for a rollback the one it leads to, also where it cannot be read. Null: a rollback with nowhere to go. */
  readonly sha: Sha | null;
  /** What is stored of it. Null with `sha`. */
  readonly release: Observed<ReleaseLook> | null;
  /** Release of the pages served by record, where it is another one than `before` (after a rollback of the pages alone). */
  readonly running: Observed<ReleaseLook> | null;
  /** Of the baseline; null: nothing to go back to. */
  readonly before: Observed<ReleaseLook> | null;
  readonly services: Readonly<Record<string, Observed<ServiceLook>>>;
  readonly web: Observed<LiveWebLook> | null;
  readonly pool: Observed<{ readonly missing: readonly string[]; readonly clashing: readonly string[] }> | null;
  /** By digest. */
  readonly images: Readonly<Record<Digest, Observed<ImageLook | null>>>;
  readonly relation: Observed<RelationFact> | null;
  /** Where the candidate stands seen from the release of the unfinished promotion; absent: not compared (policy `supersede`). */
  readonly fromUnfinished?: Observed<CommitRelation> | null;
  readonly quarantine: Observed<Quarantine | null>;
  readonly hold: Observed<Hold | null>;
  readonly approvals: Observed<readonly Approval[]>;
  /** The migration gate's verdict. `not-asked` until a gate is configured. */
  readonly gate: Observed<
    | { readonly status: "not-asked" }
    | { readonly status: "fits" | "breaks"; readonly what: string; readonly evidence: readonly string[] }
  >;
  /** Digests of images that any release in the window has: what else runs is drift. */
  readonly ours: readonly Revisionish[];
}
interface Revisionish {
  readonly sha: Sha;
  readonly image: Digest;
}
