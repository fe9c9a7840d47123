import { type Decision, exitOf, type RuleAnswer } from "@slipway/pipeline";
import type { Document } from "../output.ts";
import type { Question } from "../promotion/question.ts";
import { asksOnly, decisionWord, type ReasonDocument, reasonDocument } from "./plan.ts";

export interface ExplainDocument extends Document {
  readonly kind: "explain";
  readonly env: string;
  readonly decision: "allowed" | "refused" | "unknown";
  readonly reasons: readonly ReasonDocument[];
  readonly rules: readonly object[];
  readonly exit: number;
  readonly [field: string]: unknown;
}

export const explainDocument = (
  { request, look, from, to }: Question,
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

function ruleDocument(answer: RuleAnswer): object {
  const { rule, status } = answer;
  if (answer.status === "passed" || answer.status === "unproven") return { rule, status, message: answer.message };
  if (answer.status === "waived") return { rule, status, code: answer.code, message: answer.message };
  if (answer.status === "overridden")
    return { rule, status, code: answer.reason.code, message: answer.reason.message, because: answer.because };
  return { rule, status, ...reasonDocument(answer.reason) };
}
