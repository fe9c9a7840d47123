import { type Decision, exitOf, type RuleAnswer } from "@slipway/pipeline";
import type { Question } from "../promotion/question.ts";
import { asksOnly, decisionWord, reasonDocument } from "./plan.ts";
import type { ExplainDocument, RuleDocument } from "./schemas/explain.ts";

export type { ExplainDocument, RuleDocument };

type Asked = Pick<Question, "request" | "from" | "to"> & { readonly look: Pick<Question["look"], "plan"> };

export const explainDocument = (
  { request, look, from, to }: Asked,
  decision: Decision,
  time: { readonly at: string; readonly asOf: boolean },
): ExplainDocument => ({
  kind: "explain",
  version: 1,
  env: request.environment,
  direction: request.action === "promote" ? "forward" : "back",
  from,
  to,
  plan: look.plan?.hash.replace(/^sha256:/, "") ?? null,
  at: time.at,
  asOf: time.asOf,
  decision: decisionWord(decision),
  ask: asksOnly(decision),
  earliest: decision.earliest?.at ?? null,
  until: decision.earliest?.until ?? null,
  approvedBy: decision.approvedBy,
  rules: decision.answers.map(ruleDocument),
  reasons: decision.reasons.map(reasonDocument),
  exit: exitOf(decision),
});

function ruleDocument(answer: RuleAnswer): RuleDocument {
  const { rule, status } = answer;
  switch (status) {
    case "passed":
    case "unproven":
      return { rule, status, message: answer.message };
    case "waived":
      return { rule, status, code: answer.code, message: answer.message };
    case "overridden":
      return { rule, status, code: answer.reason.code, message: answer.reason.message, because: answer.because };
    case "refused":
      return { rule, status, ...reasonDocument(answer.reason) };
  }
}
