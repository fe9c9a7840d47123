import type { Digest, Instant } from "../identifiers.ts";
import type { Actor, Approval } from "../ports.ts";
import type { EnvironmentPolicy } from "./policy.ts";

/** Both times are the store's; its own machines may differ by this much. */
const clocksApartSeconds = 60;

export interface ApprovalCount {
  /** Approvals that count, one a person, in the order of their ids. */
  readonly counted: readonly Approval[];
  /** Whether these people belong to a team that may approve cannot be told here. */
  readonly unclear: readonly Approval[];
  /** Approvals of this plan that do not count, and why. */
  readonly rejected: readonly { readonly approval: Approval; readonly because: string }[];
}

/**
 * Which approvals of a plan count now. A person is known by id and by name, so that one person with credentials of two
 * realms counts once and cannot approve what the other one asks for. Teams of `approvers` (`team:x`) are only known to the
 * place that keeps them: an approval by somebody who is not listed by name is unclear while a team is.
 */
export function countApprovals(
  approvals: readonly Approval[],
  asked: {
    readonly hash: Digest;
    readonly now: Instant;
    /** Null: nobody asks yet. */
    readonly requester: Actor | null;
    readonly policy: EnvironmentPolicy;
  },
): ApprovalCount {
  const counted: Approval[] = [];
  const unclear: Approval[] = [];
  const rejected: { approval: Approval; because: string }[] = [];
  const ofPlan = approvals.filter((approval) => approval.planHash === asked.hash).toSorted(byPersonThenExpiry);
  for (const approval of ofPlan) {
    const because = whyNot(approval, asked);
    if (because) rejected.push({ approval, because });
    else if ([...counted, ...unclear].some((other) => isSamePerson(other.actor, approval.actor))) continue;
    else (mayApprove(approval.actor, asked.policy.approvers) === "yes" ? counted : unclear).push(approval);
  }
  return { counted, unclear, rejected };
}

function whyNot(approval: Approval, asked: Parameters<typeof countApprovals>[1]): string | null {
  const now = Date.parse(asked.now);
  const age = (now - Date.parse(approval.at)) / 1000;
  if (approval.environment !== asked.policy.name) return "it is for another environment";
  if (approval.revokedAt !== null) return "revoked";
  if (asked.requester && isSamePerson(approval.actor, asked.requester)) return "asks for it";
  // A time that cannot be read is neither before nor after another: asked so, it never counts.
  if (!(age >= -clocksApartSeconds)) return "given in the future";
  if (!(now < Date.parse(approval.expiresAt)) || age >= asked.policy.approvalExpirySeconds) return "expired";
  return mayApprove(approval.actor, asked.policy.approvers) === "no" ? "may not approve" : null;
}

function mayApprove(actor: Actor, approvers: readonly string[] | null): "yes" | "no" | "unclear" {
  if (approvers === null || approvers.includes(actor.id) || approvers.includes(actor.name)) return "yes";
  return approvers.some((approver) => approver.startsWith("team:")) ? "unclear" : "no";
}

const isSamePerson = (a: Actor, b: Actor): boolean => a.id === b.id || a.name === b.name;

function byPersonThenExpiry(a: Approval, b: Approval): number {
  const key = (approval: Approval) => [approval.actor.id, approval.actor.name].join("\u0000");
  return compareText(key(a), key(b)) || compareText(b.expiresAt, a.expiresAt) || compareText(a.at, b.at);
}
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
