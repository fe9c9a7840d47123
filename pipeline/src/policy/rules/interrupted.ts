import { shortSha } from "../../identifiers.ts";
import type { Unfinished } from "../../ledger/records.ts";
import { spellInstant } from "../spell.ts";
import { candidateOf, no, notAsked, passed, type Rule, type RuleContext, unknown } from "./rule.ts";

/** No other promotion of this environment is open, or policy lets a descendant take its place. */
export const interrupted: Rule = (context) => {
  const { facts, policy, request } = context;
  const open = facts.standing.unfinished;
  if (!open || open.partial) return notAsked;
  if (open.plan.action === "promote" && open.plan.release?.sha === candidateOf(context)?.sha) {
    return passed(`finishes epoch ${open.epoch}`);
  }
  const particulars = {
    evidence: waysOut(open, request.environment),
    data: { epoch: open.epoch, release: open.plan.release },
  };
  const takesOver = policy.supersede ? isDescendant(context, open) : "no";
  switch (takesOver) {
    case "yes":
      return passed(`takes the place of epoch ${open.epoch}, whose release it contains`);
    case "unknown":
      return unknown(
        "interrupted",
        `could not tell whether it contains ${nameOf(open)}, which epoch ${open.epoch} has under way`,
        particulars,
      );
    case "no":
      return no("interrupted", `epoch ${open.epoch} to ${nameOf(open)} has a plan and no outcome`, particulars);
  }
};

const nameOf = (open: Unfinished): string => (open.plan.release ? shortSha(open.plan.release.sha) : "nothing");

/** By what the candidate contains beyond what runs, unless observe compared the two themselves. */
function isDescendant({ facts }: RuleContext, open: Unfinished): "yes" | "no" | "unknown" {
  const sha = open.plan.release?.sha;
  if (!sha) return "yes";
  if (facts.fromUnfinished) {
    if (facts.fromUnfinished.status === "unknown" || facts.fromUnfinished.value === "unknown") return "unknown";
    return facts.fromUnfinished.value === "ahead" || facts.fromUnfinished.value === "same" ? "yes" : "no";
  }
  if (facts.relation?.status !== "known" || facts.relation.value.commits === null) return "unknown";
  return facts.relation.value.commits.some((commit) => commit.sha === sha) ? "yes" : "no";
}

function waysOut(open: Unfinished, environment: string): readonly string[] {
  const { plan } = open;
  const moved = plan.only === "web" ? plan.webRelease : plan.release;
  const only = plan.only === "web" ? " --only web" : "";
  const forward =
    plan.action === "promote"
      ? `promote --sha ${moved?.sha ?? "<sha>"} --env ${environment}`
      : `promote rollback --env ${environment}${moved ? ` --to ${moved.sha}` : ""}${only}`;
  const back = plan.action === "promote" ? [`promote rollback --env ${environment}`] : [];
  return [`of ${open.request.by.name}, since ${spellInstant(open.at)}`, forward, ...back];
}
