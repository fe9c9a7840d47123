import { shortSha } from "../../identifiers.ts";
import { type GoodRun, runningOf } from "../../ledger/records.ts";
import type { CommitSummary } from "../../ports.ts";
import type { RelationFact } from "../../promotion/facts.ts";
import { count } from "../spell.ts";
import { candidateOf, no, passed, type Rule, type RuleContext, type RuleVerdict, unknown } from "./rule.ts";

const shown = 5;

/**
 * Never an older commit, and none off the branch. Automation that comes late with an older commit is overtaken, whatever
 * the policy: `superseded`, which is no failure (`isOvertaken`).
 */
export const ancestry: Rule = (context) => {
  const { facts, policy, request } = context;
  const candidate = candidateOf(context)?.sha ?? "";
  const runs = runningOf(facts.standing);
  if (facts.relation === null) {
    return runs && policy.ancestry === "forward"
      ? unknown("ancestry", `${shortSha(candidate)} was not compared with what ${request.environment} runs`)
      : passed(`${request.environment} runs nothing to compare with`);
  }
  if (facts.relation.status === "unknown") {
    if (policy.ancestry === "any" && request.trigger === "person") return passed("any commit may enter");
    return unknown("ancestry", `could not compare it with what ${request.environment} runs: ${facts.relation.because}`);
  }
  const fact = facts.relation.value;
  if (runs && fact.relation === "behind" && request.trigger === "automation") {
    return no(
      "superseded",
      `${shortSha(candidate)} is overtaken: ${request.environment} runs ${shortSha(runs.sha)}, which contains it`,
      {
        evidence: commitLines(fact.lost),
        data: { runs: runs.sha, candidate },
      },
    );
  }
  if (policy.ancestry === "any") return passed("any commit may enter");
  const branch = facts.policy.policy.branch;
  if (fact.onBranch === false) {
    return no("ancestry", `${shortSha(candidate)} is not on ${branch}`, { data: { branch, onBranch: false } });
  }
  const verdict = runs ? compare(context, fact, runs, candidate) : null;
  if (verdict) return verdict;
  if (fact.onBranch === null) {
    return unknown("ancestry", `could not tell whether ${shortSha(candidate)} is on ${branch}`);
  }
  return passed(`on ${branch}${spellDistance(fact, runs)}`);
};

/** Null: nothing that runs would be lost. */
function compare({ request }: RuleContext, fact: RelationFact, runs: GoodRun, candidate: string): RuleVerdict | null {
  const environment = request.environment;
  const [from, to] = [shortSha(runs.sha), shortSha(candidate)];
  const data = { relation: fact.relation, runs: runs.sha, candidate };
  switch (fact.relation) {
    case "same":
    case "ahead":
      return null;
    case "behind":
      return no("ancestry", `${to} is older than ${from}, which ${environment} runs; going back is rollback`, {
        evidence: [`promote rollback --env ${environment} --to ${candidate}`],
        data,
      });
    case "diverged": {
      const lost = fact.lost ? count(fact.lost.length, "commit") : "commits";
      return no("ancestry", `${to} does not contain ${from}, which ${environment} runs: ${lost} would be lost`, {
        evidence: commitLines(fact.lost),
        data: { ...data, lost: fact.lost },
      });
    }
    case "unknown":
      return unknown(
        "ancestry",
        `could not compare ${to} with ${from}, which ${environment} runs: a commit is not known here`,
        {
          data,
        },
      );
  }
}

function commitLines(commits: readonly CommitSummary[] | null): readonly string[] {
  if (!commits) return [];
  const rest = commits.length - shown;
  const lines = commits.slice(0, shown).map((commit) => `${shortSha(commit.sha)} ${commit.subject}`);
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

function spellDistance(fact: RelationFact, runs: GoodRun | null): string {
  if (!runs) return "";
  if (fact.relation === "same") return ", the same commit";
  return fact.commits ? `, ${count(fact.commits.length, "commit")} ahead` : ", ahead";
}
