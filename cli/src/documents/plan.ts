import type { Decision, Plan, Reason, Sha, Step } from "@slipway/pipeline";
import type { Document } from "../output.ts";

export interface ReasonDocument {
  readonly code: string;
  readonly kind: "no" | "unknown";
  readonly message: string;
  readonly overridable: boolean;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly clearsAt: string | null;
}

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
  evidence: { ...data, lines: evidence },
  clearsAt,
});

/** An approval is the only reason left. */
export const asksOnly = (decision: Decision): boolean =>
  decision.reasons.length > 0 && decision.reasons.every((reason) => reason.code === "approval" && reason.kind === "no");

export interface StepDocument {
  readonly n: number;
  readonly kind: string;
  readonly already: boolean;
  readonly [field: string]: unknown;
}

function stepDocument(step: Step, n: number): StepDocument {
  const { kind, already } = step;
  const at = { n, kind, already };
  switch (step.kind) {
    case "pin-artifacts":
      return { ...at, images: step.images };
    case "prepare-services":
      return { ...at, services: step.services.map(({ service }) => service) };
    case "publish-web":
      return { ...at, files: step.files, bytes: step.bytes };
    case "run-migrations":
      return { ...at, migrations: step.pending };
    case "roll-service":
      return { ...at, name: step.service, image: step.to.image };
    case "retire-service":
      return { ...at, name: step.service };
    case "switch-web":
      return { ...at, from: step.from?.sha ?? null, to: step.to?.sha ?? null };
    case "invalidate":
      return { ...at, paths: step.paths };
    case "verify-live":
      return { ...at, services: Object.keys(step.state.services) };
  }
}

export interface PlanDocument extends Document {
  readonly kind: "plan";
  readonly hash: string | null;
  readonly env: string;
  readonly direction: "forward" | "back";
  readonly from: Sha | null;
  readonly to: Sha | null;
  readonly decision: "allowed" | "refused" | "unknown";
  readonly ask: boolean;
  readonly reasons: readonly ReasonDocument[];
  readonly steps: readonly StepDocument[];
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
  readonly from: Sha | null;
  readonly to: Sha | null;
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
});
