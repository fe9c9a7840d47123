import type { FailureCode, RefusalCode } from "../codes.ts";
import type { Digest, EnvironmentName, Epoch, Instant } from "../identifiers.ts";
import type { AppliedMigration, SchemaBelief } from "../migration/batch.ts";
import type { Actor } from "../ports.ts";
import type { EnvironmentState, Plan, ReleaseRef, StepKind } from "../promotion/plan.ts";

/** What was asked for; recorded, so that anybody can finish it. */
export interface PromotionRequest {
  readonly action: "promote" | "rollback";
  readonly environment: EnvironmentName;
  /** Null: a rollback that names no release. */
  readonly sha: ReleaseRef["sha"] | null;
  readonly only: "web" | null;
  /** `automation` obeys holds. */
  readonly trigger: "person" | "automation";
  readonly overrides: readonly RefusalCode[];
  readonly reason: string | null;
  readonly expect: string | null;
  readonly until: "healthy" | "drained";
  readonly by: Actor;
  readonly runUrl: string | null;
}

export interface FailureReport {
  readonly code: FailureCode;
  readonly step: StepKind | null;
  /** Service of the step. */
  readonly name: string | null;
  readonly cause: string;
  readonly where: { readonly file: string; readonly line: number | null; readonly excerpt: readonly string[] } | null;
  /** Redacted; the last lines, at most 40. */
  readonly log: readonly string[];
  readonly logLines: number;
  /** Requests that reached the new tasks; null: not told. */
  readonly requestsServed: number | null;
}

type StepStatus = "done" | "failed" | "unknown";
export interface StepReport {
  readonly status: StepStatus;
  /** False: it was so already. */
  readonly changed: boolean;
  /** One line for people: what was seen. */
  readonly summary: string;
  readonly failure: FailureReport | null;
  /** Somebody else moved it: going back leaves it alone. */
  readonly notOurs: boolean;
}

/** Where going back leads: the last settled state, by record, taken once and carried over by every resumption (R15). */
export interface Baseline {
  readonly release: ReleaseRef | null;
  readonly webRelease: ReleaseRef | null;
  readonly state: EnvironmentState;
}

export interface Hold {
  readonly by: Actor;
  readonly at: Instant;
  readonly reason: string;
}

/** A promotion that ended well here, for "ran there", "soaked" and "last good". */
export interface GoodRun {
  readonly sha: ReleaseRef["sha"];
  readonly digest: Digest;
  /** Differs from `sha` after a web rollback. */
  readonly webSha: ReleaseRef["sha"] | null;
  /** Digest of that release; null with `webSha`: no pages. */
  readonly webDigest: Digest | null;
  readonly epoch: Epoch;
  readonly action: "promote" | "rollback";
  readonly by: Actor;
  readonly runUrl: string | null;
  readonly from: Instant;
  /** Null: it runs. */
  readonly until: Instant | null;
  /** How it stopped being what runs; `drifted`: it was not there any more when that was looked at, nobody knows since when. Null while it runs. */
  readonly leftBy: "replaced" | "rolled-back" | "disturbed" | "drifted" | null;
  readonly state: EnvironmentState;
  readonly targetDigest: Digest;
}

export type RecordBody =
  | {
      readonly kind: "open";
      readonly command: "promote" | "rollback" | "infrastructure";
      readonly request: PromotionRequest | null;
      /** Epoch whose unfinished promotion this run goes on with. */
      readonly resumes: Epoch | null;
      readonly by: Actor;
      readonly host: string;
      readonly runUrl: string | null;
    }
  | {
      readonly kind: "plan";
      readonly request: PromotionRequest;
      /** Epoch of the first plan of this promotion; only a name (types.md). */
      readonly promotion: Epoch;
      readonly plan: Plan;
      /** Hash that a resumption's `--expect` may also name (R19). */
      readonly expected: Digest;
      readonly overridden: readonly { readonly code: RefusalCode; readonly reason: string }[];
      readonly waived: readonly RefusalCode[];
      readonly approvedBy: readonly string[];
      readonly policyDigest: Digest | null;
      readonly baseline: Baseline;
      /** The database's fence was raised above every older run, and this is what was found applied; null: not raised. */
      readonly fenced: { readonly applied: readonly AppliedMigration[] } | null;
    }
  | {
      readonly kind: "migrate-started";
      readonly attempt: number;
      readonly key: string;
      readonly pending: readonly string[];
    }
  /** Without a start in its epoch: a command under the lease has put another database in place. */
  | {
      readonly kind: "migrate-finished";
      readonly attempt: number;
      readonly result: "done" | "failed";
      readonly applied: readonly AppliedMigration[] | null;
    }
  | {
      readonly kind: "step";
      /** Position in the plan (or in the turn's plan), from 1. */
      readonly n: number;
      readonly step: StepKind;
      readonly name: string | null;
      readonly back: boolean;
      readonly report: StepReport;
      readonly milliseconds: number;
      /** Key of the step's whole log in the store, redacted. */
      readonly log: string | null;
    }
  | {
      readonly kind: "turn";
      readonly because:
        | FailureReport
        | { readonly code: RefusalCode | "rollback" | "interrupted"; readonly cause: string };
      readonly plan: Plan;
    }
  | {
      readonly kind: "outcome";
      /** done and reverted settle; refused: this epoch changed nothing; partial: closed, not settled. */
      readonly result: "done" | "reverted" | "refused" | "partial";
      readonly environment: "promoted" | "unchanged" | "reverted" | "partial";
      readonly failure: FailureReport | null;
      readonly reasons: readonly { readonly code: RefusalCode; readonly message: string }[];
      /** What was seen, when it was verified. */
      readonly observed: EnvironmentState | null;
      readonly observedAt: Instant;
      /** Parts that are neither before nor goal, or could not be put back. */
      readonly notBack: readonly string[];
      readonly held: boolean;
    };

/** `environments/<env>/history/<seq, 10 digits>.json`; serialised once, never again (R1). */
export interface LedgerRecord {
  readonly version: 1;
  readonly environment: EnvironmentName;
  readonly seq: number;
  readonly epoch: Epoch;
  readonly nonce: string;
  /** Server time. */
  readonly at: Instant;
  /** Of the bytes stored at seq - 1; null at 1. */
  readonly prev: Digest | null;
  readonly body: RecordBody;
}

/** The plan that has no settling outcome yet. */
export interface Unfinished {
  /** Of the run that recorded the newest plan or turn: its outcome settles it. */
  readonly epoch: Epoch;
  readonly promotion: Epoch;
  /** Of the first plan since the last settling outcome: since then the environment may differ from what runs by record. */
  readonly at: Instant;
  /** Some plan since then leads elsewhere than to what runs by record, or had to put it in place again, visibly: its occupancy has a gap. */
  readonly disturbed?: boolean;
  /** The first plan found that what runs by record was not there, and nothing was open that would tell why: nobody knows since when. */
  readonly drifted?: boolean;
  readonly request: PromotionRequest;
  readonly plan: Plan;
  /** Where all plans since the last settling outcome led, this one's included: what any of them may have left. */
  readonly left: readonly EnvironmentState[];
  readonly expected: Digest;
  readonly baseline: Baseline;
  /** The recorded decision to go back; null while going forward, and after a `partial`. */
  readonly turned: Extract<RecordBody, { kind: "turn" }>["because"] | null;
  /** The last epoch was closed as partial. */
  readonly partial: { readonly failure: FailureReport | null; readonly notBack: readonly string[] } | null;
  readonly overridden: readonly { readonly code: RefusalCode; readonly reason: string }[];
}

/** The fold of an environment's ledger. */
export interface Standing {
  /** Null: empty. */
  readonly environment: EnvironmentName | null;
  /** 0: empty. */
  readonly seq: number;
  /** Of the stored bytes of the last record. */
  readonly head: Digest | null;
  /** Nonce of the first record: another store, or a store begun again, has another. Null: empty. */
  readonly lineage: string | null;
  /** The last given; 0: none. */
  readonly epoch: Epoch;
  /** Epoch of the newest done or reverted outcome; 0: none. */
  readonly settled: Epoch;
  /** Newest first; the first one with `until` null is what runs by record. */
  readonly good: readonly GoodRun[];
  readonly unfinished: Unfinished | null;
  /** Newest `open` without a plan, turn or outcome: it changed nothing. */
  readonly claimed: Epoch | null;
  readonly schema: SchemaBelief;
  /** Started and never finished, and no later run has raised the fence above it. */
  readonly openMigration: { readonly epoch: Epoch; readonly attempt: number; readonly key: string } | null;
  readonly known: readonly AppliedMigration[];
  /** Epochs that were opened and have an outcome (or none): what the newest one is doing. */
  readonly last: {
    readonly epoch: Epoch;
    readonly outcome: Extract<RecordBody, { kind: "outcome" }>["result"] | null;
  } | null;
}

export const nothingYet: Standing = {
  environment: null,
  seq: 0,
  head: null,
  lineage: null,
  epoch: 0,
  settled: 0,
  good: [],
  unfinished: null,
  claimed: null,
  schema: { applied: [], certain: false },
  openMigration: null,
  known: [],
  last: null,
};
/** What runs here by record; null: nothing yet. */
export const runningOf = (standing: Standing): GoodRun | null =>
  standing.good.find((run) => run.until === null) ?? null;
