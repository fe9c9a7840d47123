import type { Digest } from "../identifiers.ts";
import { digestOf } from "../release/canonical-json.ts";
import type { Plan, Step } from "./plan.ts";

/**
 * What is promised, and nothing that may change without changing it: predictions (`already`, files to send) depend on
 * health and on what an interrupted run left, so they are not in it (types.md §2); nor are counts that follow from the releases it names.
 */
export function hashPlan(plan: Omit<Plan, "hash">): Digest {
  return digestOf({ ...plan, steps: plan.steps.map(promised) });
}

function promised(step: Step): object {
  if (step.kind === "publish-web") return { kind: step.kind, web: step.web };
  if (step.kind === "switch-web") return { kind: step.kind, from: step.from, to: step.to };
  if (step.kind === "verify-live") return { kind: step.kind, state: step.state };
  if (step.kind === "pin-artifacts") return { kind: step.kind, sha: step.sha, images: step.images };
  const { already: _prediction, ...rest } = step;
  return rest;
}
