import { shortDigest } from "../../identifiers.ts";
import { type ApprovalCount, countApprovals } from "../count-approvals.ts";
import { spellInstant } from "../spell.ts";
import { no, notAsked, passed, type Rule, type RuleContext, unknown } from "./rule.ts";

/** Enough people other than the requester have approved exactly this plan. */
export const approval: Rule = (context) => {
  const { facts, plan, policy, request, reading } = context;
  if (policy.approvals === 0) return notAsked;
  if (facts.approvals.status === "unknown") {
    return unknown("approval", `could not read the approvals of ${request.environment}: ${facts.approvals.because}`);
  }
  if (!plan) return unknown("approval", "there is no plan yet that could be approved");
  const { counted, unclear, rejected } = approvalsOf(context);
  const of = `${counted.length} of ${policy.approvals}`;
  const named = `plan ${shortDigest(plan.hash)}`;
  const names = counted.map((one) => one.actor.name);
  if (counted.length >= policy.approvals) return passed(`${of}: ${names.join(", ")}, ${named}`);
  const particulars = {
    evidence: [
      mayApprove(context),
      ...counted.map((one) => `${one.actor.name} approved, until ${spellInstant(one.expiresAt)}`),
      ...unclear.map((one) => `${one.actor.name} approved; whether a team above has them cannot be told here`),
      ...rejected.map((one) => `${one.approval.actor.name} does not count: ${one.because}`),
    ],
    data: { approved: counted.length, required: policy.approvals, plan: plan.hash, by: names },
  };
  // Enough, if those of whom it cannot be told may approve.
  if (counted.length + unclear.length >= policy.approvals) {
    return unknown(
      "approval",
      `could not tell whether ${unclear.map((one) => one.actor.name).join(", ")} may approve; ${of} for ${named}`,
      particulars,
    );
  }
  return no("approval", `${of} for ${named}${reading ? "" : "; you ask, so somebody else approves"}`, particulars);
};

/** The approvals that count for this plan; none while they cannot be read. */
export function approvalsOf({ facts, plan, policy, request, reading }: RuleContext): ApprovalCount {
  if (!plan || facts.approvals.status === "unknown") return { counted: [], unclear: [], rejected: [] };
  const requester = reading ? null : request.by;
  return countApprovals(facts.approvals.value, { hash: plan.hash, now: facts.now, requester, policy });
}

function mayApprove({ policy, request, reading }: RuleContext): string {
  const you = request.by;
  const others = policy.approvers?.filter((name) => reading || (name !== you.id && name !== you.name));
  const listed = others ? others.join(", ") || "nobody else" : "whoever the store lets write approvals";
  return `may approve: ${listed}${reading ? "" : ` (you are ${you.name})`}`;
}
