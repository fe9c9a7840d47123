import type { Digest, EnvironmentName, Epoch, Instant, ServiceName, Sha } from "./identifiers.ts";
import type { AppliedMigration } from "./migration/batch.ts";
import type { ServiceShape } from "./release/manifest.ts";
import type { WebFile } from "./web/file-list.ts";

/*
 * Contract of all ports. An answer is a value, also "none" (null) and "broken" (a state); no answer throws PortError.
 * Mutating methods take a Permit, call `permit.check()` right before each request and retry, hand `permit.signal` on, and
 * are safe to repeat with equal arguments. Adapters never wait for a state, never judge, never emit: the domain polls and
 * judges. Retries inside one call are the adapter's, bounded by `longestRequestMilliseconds`.
 */

/** What a held lease gives, and every mutating method takes. Only a lease makes one. */
export interface Permit {
  readonly environment: EnvironmentName;
  readonly epoch: Epoch;
  readonly signal: AbortSignal;
  /** @throws LeaseLostError when the last confirmed beat is older than the lease allows. */
  check(): void;
}

export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
  /** Names this very write: equal bytes that are written again have another one, though perhaps the same etag (S3: the version). */
  readonly write: string;
  /** By the store's clock, as is `serverTime`: ages are their difference. */
  readonly writtenAt: Instant;
  readonly serverTime: Instant;
}
export type PutAnswer =
  | { readonly status: "written"; readonly etag: string; readonly serverTime: Instant }
  | { readonly status: "conflict" };

/** Get *and list* are strongly consistent and complete: a stale list forks the chain (types.md §3). */
export interface ObjectStore {
  /** Shown to people: `s3://bucket/prefix` or a folder. */
  readonly address: string;
  get(key: string): Promise<StoredObject | null>;
  /** "conflict" with our own bytes is our lost reply and answers "written". Bodies carry a nonce or are defined by content. */
  putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer>;
  putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer>;
  /** Keys under `prefix`, lexically after `after`, complete, in lexical order. */
  list(prefix: string, after?: string): Promise<readonly string[]>;
  /** For retention alone: deletes what was seen, and nothing that was written since, were it the same bytes. */
  deleteIfMatch(key: string, write: string): Promise<"deleted" | "conflict">;
}

export interface Clock {
  /** Wall clock of this machine: for display, and the second opinion of a lease. Decisions use the store's. */
  now(): Instant;
  /** Milliseconds that never go back; may stand still while the machine sleeps. */
  monotonic(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
export interface Random {
  /** 32 hexadecimal digits, never the same twice. */
  nonce(): string;
  /** 0 ≤ x < 1; jitter. */
  fraction(): number;
}

export type CommitRelation = "same" | "ahead" | "behind" | "diverged" | "unknown";
export interface CommitSummary {
  readonly sha: Sha;
  readonly subject: string;
}
/** git, or GitHub's compare API: an action needs no checkout. */
export interface SourceControl {
  /** Where `to` stands seen from `from`: "ahead" when `to` contains `from`. "unknown" when a commit is not known here. */
  relation(from: Sha, to: Sha): Promise<CommitRelation>;
  /** Whether the configured branch contains the commit; null when it cannot be known here. */
  onBranch(sha: Sha, branch: string): Promise<boolean | null>;
  /** Commits of `to` that `from` does not contain, oldest first, at most `limit`; null when a commit is not known here. */
  between(from: Sha, to: Sha, limit: number): Promise<readonly CommitSummary[] | null>;
}

export interface Approval {
  readonly environment: EnvironmentName;
  readonly sha: Sha;
  readonly planHash: Digest;
  readonly actor: Actor;
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
}
/** Who credentials say it is: a realm and an id that never change, and the name that people know (experience.md, Cast). */
export interface Actor {
  readonly id: string;
  readonly name: string;
}
export interface Approvals {
  /** All of an environment and SHA, of any plan: the rule picks by hash, so there is no circle with the plan. */
  list(environment: EnvironmentName, sha: Sha): Promise<readonly Approval[]>;
}

/** What a service runs. A SHA is in it because the process is told it: a new SHA rolls every service. */
export interface Revision {
  readonly sha: Sha;
  readonly image: Digest;
  readonly template: Digest;
}
export type TaskHealth = "starting" | "healthy" | "unhealthy" | "draining";
export interface TaskLook {
  readonly id: string;
  /** Null: the runtime does not tell, which is no proof. */
  readonly image: Digest | null;
  readonly health: TaskHealth;
  /** What it was started as, where the runtime tells: two revisions may have one image. */
  readonly revision?: Revision | "unknown-revision";
  /** Where the runtime knows that files were changed since: the image they came from, and one of them. */
  readonly edited?: { readonly image: Digest; readonly path: string };
}
export type RolloutPhase =
  | "pending"
  | "rolling"
  | "healthy"
  | "drained"
  | "stopping"
  | "stopped"
  | "going-back"
  | "went-back"
  | "stuck-going-back";
export interface RolloutLook {
  /** Never repeats: equal ids mean that nothing moved in between. */
  readonly id: string;
  readonly phase: RolloutPhase;
  readonly revision: Revision | "unknown-revision";
  /** Why tasks of it failed, newest last, redacted; at most 20. */
  readonly causes: readonly RolloutCause[];
  /** What the platform says of the whole of it: an alarm, somebody's stop, no room. Absent: nothing. */
  readonly because?: string;
  /** Whether any request was routed to a task of it; null when the runtime does not tell. */
  readonly requestsServed: number | null;
}
export interface RolloutCause {
  readonly task: string;
  /** "never-started": image, capacity or permission; "exited"; "unhealthy": started and never became healthy. */
  readonly kind: "never-started" | "exited" | "unhealthy";
  readonly message: string;
  readonly log: readonly string[];
}
export interface ServiceLook {
  /** What the service is set to run. Null: nothing of ours. "unknown-revision": somebody else's. */
  readonly wanted: Revision | null | "unknown-revision";
  readonly tasksWanted: number;
  readonly tasks: readonly TaskLook[];
  /** The newest. */
  readonly rollout: RolloutLook | null;
}
export interface ServiceRuntime {
  inspect(service: ServiceName): Promise<ServiceLook>;
  /** Definition registered, image unpacked; nothing live changes. */
  prepare(shape: ServiceShape, revision: Revision, permit: Permit): Promise<void>;
  /** Returns when ordered. Wanted already and no rollout of it failed: no new order. */
  roll(shape: ServiceShape, revision: Revision, permit: Permit): Promise<void>;
  /** Stops the rollout under way, going back to what ran. */
  stop(service: ServiceName, permit: Permit): Promise<void>;
  /** No task of it runs any more; its routes are gone. */
  retire(service: ServiceName, permit: Permit): Promise<void>;
  /** How often a look is worth it. */
  readonly pollMilliseconds: number;
}

export interface ImageRef {
  readonly digest: Digest;
}
export interface ImageLook {
  readonly pullable: boolean;
  readonly because: string | null;
}
export interface ImageRegistry {
  inspect(image: ImageRef): Promise<ImageLook | null>;
  /** Keeps the image from collection for this environment; idempotent. */
  pin(image: ImageRef, pin: string, permit: Permit): Promise<void>;
}

export interface TaskOrder {
  /** The same key never starts a second task: hash of environment, epoch and attempt (protocol §5). */
  readonly key: string;
  readonly image: Digest;
  readonly command: readonly string[];
  readonly template: Digest;
  readonly environment: Readonly<Record<string, string>>;
}
export type TaskState =
  | { readonly status: "pending" }
  | { readonly status: "running" }
  | {
      readonly status: "stopped";
      /** The platform's words for why. */
      readonly because: string;
      /** Essential ones. A null exit code means never started. */
      readonly containers: readonly { readonly name: string; readonly exitCode: number | null }[];
    };
export interface TaskRunner {
  start(
    order: TaskOrder,
    permit: Permit,
  ): Promise<{ readonly status: "started" } | { readonly status: "declined"; readonly because: string }>;
  inspect(key: string): Promise<TaskState | null>;
  /** Lines from index `from`; `complete` once the task is over and every line was given. Not yet redacted. */
  log(key: string, from: number): Promise<{ readonly lines: readonly string[]; readonly complete: boolean }>;
  stop(key: string, permit: Permit): Promise<void>;
  readonly pollMilliseconds: number;
}

/** Names a web release: the digest is that of its file list. */
export interface WebRevision {
  readonly sha: Sha;
  readonly digest: Digest;
}
export interface LiveWebLook {
  /** Read from the object that is *served by*. */
  readonly web: WebRevision | null;
  /** Of the run that wrote it; 0 when never written. */
  readonly epoch: Epoch;
  readonly etag: string;
}
export interface WebHost {
  readLive(): Promise<LiveWebLook>;
  /** Which of these assets the environment's pool lacks, and which names hold other bytes there. */
  missing(
    files: readonly WebFile[],
  ): Promise<{ readonly missing: readonly string[]; readonly clashing: readonly string[] }>;
  /** Additive, by server-side copy from the store's blobs; never overwrites. */
  addAssets(files: readonly WebFile[], permit: Permit): Promise<void>;
  /** Raises the fence: marks the live pointer with the permit's epoch, whatever it points to (protocol R7). */
  raiseFence(permit: Permit): Promise<"raised" | "moved">;
  /** "moved": a later epoch has written. Writes our epoch even when the content is right already. */
  switchTo(web: WebRevision | null, permit: Permit): Promise<"switched" | "moved">;
  /** The key contains epoch and attempt; the same key is the same invalidation. */
  invalidate(paths: readonly string[], key: string, permit: Permit): Promise<void>;
  isInvalidated(key: string): Promise<boolean>;
  readonly pollMilliseconds: number;
}

export type ProbeAnswer =
  | { readonly status: number; readonly sha256: Digest /** At most 64 KiB, for a text check. */; readonly body: string }
  | "unreachable";
/** Asks the environment's public URL. "unreachable" is an answer; the caller decides whether it is a no. */
export interface Probe {
  ask(method: string, path: string): Promise<ProbeAnswer>;
}

/** Ports of one environment, connected from its target. */
export interface EnvironmentPorts {
  readonly images: ImageRegistry;
  readonly services: ServiceRuntime;
  readonly tasks: TaskRunner;
  readonly web: WebHost;
  readonly probe: Probe;
  /** Tells the platform the epoch below which it must refuse; a no-op where the platform cannot fence (ECS). */
  raiseFence(permit: Permit): Promise<void>;
  /** Longest time one mutating request may still land after it was sent: L of protocol §3. */
  readonly longestRequestMilliseconds: number;
}

export type { AppliedMigration };
