import type { Digest, EnvironmentName, Epoch, ServiceName, Sha } from "../identifiers.ts";
import type { SchemaBelief } from "../migration/batch.ts";
import type { Revision, WebRevision } from "../ports.ts";

/** One shape of observed, before, goal and after: revisions of all services, and the live web. */
export interface EnvironmentState {
  /** Null: nothing of ours. */
  readonly services: Readonly<Record<string, Revision | null>>;
  readonly web: WebRevision | null;
}

/** Names a release in records and plans. */
export interface ReleaseRef {
  readonly sha: Sha;
  readonly digest: Digest;
}

export type PlanAction = "promote" | "rollback" | "go-back";

/**
 * `already` is a prediction for people: the step looks for itself all the same. `told` is for people too, and follows from the release: a plan's hash
 * has neither.
 */
export type Step =
  | {
      readonly kind: "pin-artifacts";
      readonly already: boolean;
      readonly sha: Sha;
      readonly images: readonly Digest[];
      /** One of the images only runs migrations. Absent: none does, or it is not known. */
      readonly told?: { readonly hasRunner: true } | undefined;
    }
  | {
      readonly kind: "prepare-services";
      readonly already: boolean;
      readonly services: readonly { readonly service: ServiceName; readonly to: Revision }[];
    }
  | {
      readonly kind: "publish-web";
      readonly already: boolean;
      readonly web: WebRevision;
      /** Assets that the pool lacked when it was planned. */
      readonly files: number;
      readonly bytes: number;
    }
  | {
      readonly kind: "run-migrations";
      readonly already: boolean;
      readonly sha: Sha;
      readonly template: Digest;
      /** Names believed pending. */
      readonly pending: readonly string[];
      readonly expect: SchemaBelief;
    }
  | {
      readonly kind: "roll-service";
      readonly already: boolean;
      readonly service: ServiceName;
      readonly to: Revision;
      /** What may be found there without anybody else having acted; "anything" where drift was overridden. */
      readonly expects: readonly (Revision | null)[] | "anything";
    }
  | { readonly kind: "retire-service"; readonly already: boolean; readonly service: ServiceName }
  | {
      readonly kind: "switch-web";
      readonly already: boolean;
      readonly from: WebRevision | null;
      readonly to: WebRevision | null;
      /** Files that are switched with it; absent: the list of them was not read, or an older engine planned it. */
      readonly told?: { readonly entries: number } | undefined;
    }
  | { readonly kind: "invalidate"; readonly already: boolean; readonly paths: readonly string[] }
  | {
      readonly kind: "verify-live";
      readonly already: false;
      readonly state: EnvironmentState;
      /** What is asked through the public address; absent: an older engine planned it. */
      readonly told?: AskedLive | undefined;
    };
/** Counts; `entries` null: the list of them was not read. Both are 0 where there is no address to ask. */
export interface AskedLive {
  readonly entries: number | null;
  readonly smokeChecks: number;
}
export type StepKind = Step["kind"];
export const stepKinds = [
  "pin-artifacts",
  "prepare-services",
  "publish-web",
  "run-migrations",
  "roll-service",
  "retire-service",
  "switch-web",
  "invalidate",
  "verify-live",
] as const satisfies readonly StepKind[];

/**
 * Ordered steps as plain data. The hash covers everything else in here: what decides what will be done, and nothing that
 * does not (no time, epoch of ours, etag, health, count, approval, freeze or requester; types.md §2).
 */
export interface Plan {
  readonly version: 1;
  readonly action: PlanAction;
  readonly environment: EnvironmentName;
  /** Only the pages move (`rollback --only web`). */
  readonly only: "web" | null;
  /** Where it leads. Null: back to nothing, after a first promotion that failed. */
  readonly release: ReleaseRef | null;
  /** Release whose pages the goal serves, where it is another one. */
  readonly webRelease: ReleaseRef | null;
  /** The newest settled epoch: anything settled in between voids the plan, so an approval serves one promotion only. */
  readonly follows: Epoch;
  readonly target: Digest;
  readonly before: EnvironmentState;
  readonly goal: EnvironmentState;
  readonly steps: readonly Step[];
  readonly hash: Digest;
}
