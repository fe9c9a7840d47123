import type { RefusalCode } from "../../codes.ts";
import type { Digest, Instant, Sha } from "../../identifiers.ts";
import type { PromotionRequest } from "../../ledger/records.ts";
import type { Facts, Observed, ReleaseLook } from "../../promotion/facts.ts";
import type { Plan } from "../../promotion/plan.ts";
import type { StoredRelease } from "../../release/manifest.ts";
import type { EnvironmentPolicy } from "../policy.ts";

/** What a rule is asked with. Rules are pure: equal contexts have equal answers. */
export interface RuleContext {
  readonly facts: Facts;
  /** Null: too little could be read to plan at all; other rules say what. */
  readonly plan: Plan | null;
  readonly request: PromotionRequest;
  readonly policy: EnvironmentPolicy;
  /** Somebody only looks: nobody is the requester yet. */
  readonly reading: boolean;
}

/** What a rule says before overrides, waivers and the kind of request are taken into account. */
export type RuleVerdict =
  | { readonly status: "passed"; readonly message: string }
  /** Nobody could ask here: no objection, and no proof. */
  | { readonly status: "unproven"; readonly message: string }
  /** There is nothing here that the rule is about. */
  | { readonly status: "not-asked" }
  | {
      readonly status: "no" | "unknown";
      readonly code: RefusalCode;
      readonly message: string;
      readonly evidence: readonly string[];
      readonly data: Readonly<Record<string, unknown>>;
      readonly clearsAt: Instant | null;
    };
export type Rule = (context: RuleContext) => RuleVerdict;

interface Particulars {
  readonly evidence?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly clearsAt?: Instant | null;
}
const objection =
  (status: "no" | "unknown") =>
  (
    code: RefusalCode,
    message: string,
    { evidence = [], data = {}, clearsAt = null }: Particulars = {},
  ): RuleVerdict => ({
    status,
    code,
    message,
    evidence,
    data,
    clearsAt,
  });

export const passed = (message: string): RuleVerdict => ({ status: "passed", message });
export const unproven = (message: string): RuleVerdict => ({ status: "unproven", message });
export const notAsked: RuleVerdict = { status: "not-asked" };
export const no = objection("no");
/** What the rule needs could not be read; never a no. */
export const unknown = objection("unknown");

/** The release of a look that found one. */
export const releaseOf = (look: Observed<ReleaseLook> | null): StoredRelease | null =>
  look?.status === "known" && look.value.status === "found" ? look.value.release : null;

/** The release that moves: by name, whether or not it could be read. Null: back to nothing. */
export const candidateOf = ({ facts, request, plan }: RuleContext): { sha: Sha; digest: Digest | null } | null => {
  const release = releaseOf(facts.release);
  if (release) return { sha: release.manifest.git.sha, digest: release.digest };
  const planned = request.only === "web" ? plan?.webRelease : plan?.release;
  if (planned) return planned;
  return request.sha === null ? null : { sha: request.sha, digest: null };
};
