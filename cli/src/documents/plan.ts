import { type Decision, exitOf, type Plan, type Reason, type Step } from "@slipway/pipeline";
import type { EvidenceDocument, ReasonDocument } from "./schemas/parts/reason.ts";
import type { PlanDocument, StepDocument } from "./schemas/plan.ts";

export type { ReasonDocument };

export const reasonDocument = ({
  code,
  kind,
  message,
  overridable,
  evidence,
  data,
  clearsAt,
}: Reason): ReasonDocument => ({
  code,
  kind,
  message,
  overridable,
  // Rules say what they have seen in fields of their own: every output of a test is held against the list of them.
  evidence: { ...data, lines: evidence } as EvidenceDocument,
  clearsAt,
});

/** An approval is the only reason left. */
export const asksOnly = (decision: Decision): boolean =>
  decision.reasons.length > 0 && decision.reasons.every((reason) => reason.code === "approval" && reason.kind === "no");

function stepDocument(step: Step, n: number): StepDocument {
  const at = { n, already: step.already };
  switch (step.kind) {
    case "pin-artifacts":
      return { ...at, kind: step.kind, images: step.images };
    case "prepare-services":
      return { ...at, kind: step.kind, services: step.services.map(({ service }) => service) };
    case "publish-web":
      return { ...at, kind: step.kind, files: step.files, bytes: step.bytes };
    case "run-migrations":
      return { ...at, kind: step.kind, migrations: step.pending, class: null };
    case "roll-service":
      return { ...at, kind: step.kind, name: step.service, image: step.to.image };
    case "retire-service":
      return { ...at, kind: step.kind, name: step.service };
    case "switch-web":
      return { ...at, kind: step.kind, from: step.from?.sha ?? null, to: step.to?.sha ?? null };
    case "invalidate":
      return { ...at, kind: step.kind, paths: step.paths };
    case "verify-live":
      return { ...at, kind: step.kind, services: Object.keys(step.state.services) };
  }
}

export const decisionWord = (decision: Decision): PlanDocument["decision"] => {
  if (decision.allowed) return "allowed";
  return decision.reasons.some((reason) => reason.kind === "no") ? "refused" : "unknown";
};

export const planDocument = (input: {
  readonly plan: Plan | null;
  readonly decision: Decision;
  readonly env: string;
  readonly action: "promote" | "rollback";
  readonly from: string | null;
  readonly to: string | null;
}): PlanDocument => ({
  kind: "plan",
  version: 1,
  hash: input.plan?.hash.replace(/^sha256:/, "") ?? null,
  env: input.env,
  direction: input.action === "promote" ? "forward" : "back",
  from: input.from,
  to: input.to,
  decision: decisionWord(input.decision),
  ask: asksOnly(input.decision),
  reasons: input.decision.reasons.map(reasonDocument),
  steps: (input.plan?.steps ?? []).map((step, index) => stepDocument(step, index + 1)),
  exit: exitOf(input.decision),
});
