import type { Sha } from "../identifiers.ts";
import type { PromotionRequest, Standing } from "../ledger/records.ts";
import { decide } from "../policy/evaluate.ts";
import { chooseRollback } from "../policy/last-good.ts";
import type { Decision, StoredPolicy } from "../policy/policy.ts";
import { listQuarantined } from "../policy/quarantine.ts";
import type { EnvironmentPorts } from "../ports.ts";
import type { Facts } from "./facts.ts";
import { type ObservePorts, observe } from "./observe.ts";
import type { Plan } from "./plan.ts";
import { planPromotion } from "./plan-promotion.ts";
import { type Continuation, continuationOf } from "./request.ts";

/** What is known, what would be done, and whether it may be: the three that belong to one moment. */
export interface Considered {
  readonly standing: Standing;
  readonly continuation: Continuation;
  readonly facts: Facts;
  readonly plan: Plan | null;
  readonly decision: Decision;
}

export interface ConsiderInput {
  readonly shared: ObservePorts;
  readonly ports: EnvironmentPorts | null;
  readonly policy: StoredPolicy;
  readonly request: PromotionRequest;
  /** Somebody only looks, and asks for nothing: `plan`, `explain`, `status`. */
  readonly reading?: boolean;
}

/** observe → plan → decide, read-only. Plan before decide: approvals are bound to its hash. */
export async function consider(input: ConsiderInput, standing: Standing): Promise<Considered> {
  const continuation = continuationOf(standing, input.request);
  const sha = await releaseAskedFor(input, standing, continuation);
  const facts = await observe({ ...input, standing, sha });
  const plan = planPromotion(facts, input.request);
  const mode = continuation.kind === "new" ? "new" : "resume";
  const decision = decide({ facts, plan, request: input.request, mode, reading: input.reading ?? false });
  return { standing, continuation, facts, plan, decision };
}

/** A rollback without a name is a fold of the ledger, so the same command twice is the same (types.md §8). */
async function releaseAskedFor(
  input: ConsiderInput,
  standing: Standing,
  continuation: Continuation,
): Promise<Sha | null> {
  const { request } = input;
  if (request.sha !== null) return request.sha;
  const open = continuation.unfinished;
  if (continuation.kind === "turn") return open?.baseline.release?.sha ?? null;
  if (continuation.kind === "finish")
    return (request.only === "web" ? open?.plan.webRelease : open?.plan.release)?.sha ?? null;
  const choice = chooseRollback(standing, null, request.only, await listQuarantined(input.shared.store));
  if (choice.status === "to") return request.only === "web" ? (choice.run.webSha ?? choice.run.sha) : choice.run.sha;
  if (choice.status === "already")
    return request.only === "web" ? (choice.run.webSha ?? choice.run.sha) : choice.run.sha;
  return null;
}
