import { type Digest, quoteInput, shortDigest } from "../../identifiers.ts";
import { sameState } from "../../promotion/plan-promotion.ts";
import { no, notAsked, passed, type Rule, unknown } from "./rule.ts";

/** Twelve digits are what people see of a hash. */
const expectation = /^(?:sha256:)?([0-9a-f]{12,64})$/;

/** The plan is the one that `--expect` names, or finishes the open one that it named when that began (R19). */
export const planMoved: Rule = ({ facts, plan, request }) => {
  if (request.expect === null) return notAsked;
  if (!plan) return unknown("plan-moved", "there is no plan to compare with the one expected");
  const expected = expectation.exec(request.expect)?.[1];
  if (expected === undefined) {
    return no("plan-moved", `${quoteInput(request.expect)} names no plan; 12 to 64 hexadecimal digits do`);
  }
  const names = (hash: Digest) => hash.slice("sha256:".length).startsWith(expected);
  if (names(plan.hash)) return passed(`plan ${shortDigest(plan.hash)}, as expected`);
  const open = facts.standing.unfinished;
  const finishes = open && open.plan.action === plan.action && sameState(open.plan.goal, plan.goal);
  if (open && finishes && names(open.expected)) return passed(`finishes epoch ${open.epoch}, as expected`);
  return no("plan-moved", `the plan is ${shortDigest(plan.hash)} now, ${expected.slice(0, 12)} was expected`, {
    evidence: [`promote plan --sha ${plan.release?.sha ?? "<sha>"} --env ${request.environment}`],
    data: { plan: plan.hash, expected: request.expect },
  });
};
