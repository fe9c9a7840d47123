import type { Digest } from "../identifiers.ts";
import { digestOf } from "../release/canonical-json.ts";
import type { Plan, Step } from "./plan.ts";

/**
 * What is promised, and nothing that may change without changing it: predictions (`already`, files to send) depend on
 * health and on what an interrupted run left, so they are not in it (types.md §2); nor is what is told of a step beside them.
 */
export function hashPlan(plan: Omit<Plan, "hash">): Digest {
  return digestOf({ ...plan, steps: plan.steps.map(promised) });
}

function promised(step: Step): object {
  if (step.kind === "publish-web") return { kind: step.kind, web: step.web };
  const { already: _prediction, told: _told, ...rest } = { told: undefined, ...step };
  return rest;
}
