import type { RefusalCode } from "../codes.ts";
import type { AppName, Digest, EnvironmentName, Instant } from "../identifiers.ts";

/** A recurring weekly window, or one from a local date and time to another; `zone` is an IANA name. */
export type FreezeWindow =
  | {
      readonly kind: "weekly";
      readonly name: string;
      /** 1 Monday … 7 Sunday, and minutes from midnight, in `zone`. */
      readonly from: { readonly weekday: number; readonly minute: number };
      readonly until: { readonly weekday: number; readonly minute: number };
      readonly zone: string;
      readonly line: number | null;
    }
  | {
      readonly kind: "once";
      readonly name: string;
      /** Local date and time in `zone`: `2026-11-18T18:00`. */
      readonly from: string;
      readonly until: string;
      readonly zone: string;
      readonly line: number | null;
    };

export interface EnvironmentPolicy {
  readonly name: EnvironmentName;
  readonly ancestry: "forward" | "any";
  readonly supersede: boolean;
  readonly soakSeconds: number;
  readonly approvals: number;
  readonly approvers: readonly string[] | null;
  readonly approvalExpirySeconds: number;
  readonly freeze: readonly FreezeWindow[];
  /** Codes that `--override` may pass over here. */
  readonly override: readonly RefusalCode[];
  /** Rules of time and people that do not hold here (local target only); recorded as waived. */
  readonly waive: readonly RefusalCode[];
}

/** `policy.json`: how releases are delivered; published by `promote build` from the configured branch only. */
export interface Policy {
  readonly version: 1;
  readonly app: AppName;
  readonly branch: string;
  readonly rollbackWindow: number;
  /** The ladder, bottom first. */
  readonly environments: readonly EnvironmentPolicy[];
}
export interface StoredPolicy {
  readonly policy: Policy;
  readonly digest: Digest;
}

export interface Reason {
  readonly code: RefusalCode;
  /** Definitely no, or what the rule needs could not be read. */
  readonly kind: "no" | "unknown";
  /** The fact with the observed number beside the required one. */
  readonly message: string;
  /** Epoch, file:line, statement, log: one line each. */
  readonly evidence: readonly string[];
  /** For machines. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Earliest time it clears by itself; null: it needs a person or another release. */
  readonly clearsAt: Instant | null;
  readonly overridable: boolean;
}
/** What a rule answers when it is asked; `passed` is shown by `explain`. */
export type RuleAnswer =
  | { readonly status: "passed"; readonly rule: string; readonly message: string }
  | { readonly status: "unproven"; readonly rule: string; readonly message: string }
  | { readonly status: "waived"; readonly rule: string; readonly code: RefusalCode; readonly message: string }
  | { readonly status: "overridden"; readonly rule: string; readonly reason: Reason; readonly because: string }
  | { readonly status: "refused"; readonly rule: string; readonly reason: Reason };

/** Allowed, or refused with all reasons. */
export interface Decision {
  readonly allowed: boolean;
  readonly reasons: readonly Reason[];
  readonly answers: readonly RuleAnswer[];
  readonly overridden: readonly { readonly code: RefusalCode; readonly reason: string }[];
  readonly waived: readonly RefusalCode[];
  readonly approvedBy: readonly string[];
  /** When all reasons that clear by themselves have cleared; null: one of them does not, or there is none. */
  readonly clearsAt: Instant | null;
  /** `clearsAt` with the freeze that ends the chance; null when waiting is not enough. */
  readonly earliest?: Earliest | null;
}
/** When a release may enter, if nothing else changes, and until when. */
export interface Earliest {
  readonly at: Instant;
  /** When the next freeze begins; null: none is known. */
  readonly until: Instant | null;
  /** Name of that freeze. */
  readonly freeze: string | null;
  /** An approval is missing as well, and needs a person. */
  readonly onceApproved: boolean;
}

/** `quarantine/<sha>.json`. */
export interface Quarantine {
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  /** A lifted mark stays on record. */
  readonly lifted: { readonly by: string; readonly at: Instant } | null;
}
