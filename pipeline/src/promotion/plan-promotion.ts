import { templateOf } from "../environment/target.ts";
import { type Baseline, type PromotionRequest, runningOf, type Standing } from "../ledger/records.ts";
import type { StoredRelease } from "../release/manifest.ts";
import type { WebFileList } from "../web/file-list.ts";
import type { Facts, Observed, ReleaseLook } from "./facts.ts";
import { emptyState, goalOf, webGoalOf } from "./goal.ts";
import { hashPlan } from "./hash-plan.ts";
import type { EnvironmentState, Plan, ReleaseRef } from "./plan.ts";
import { planSteps, sameWeb, type Way } from "./plan-steps.ts";

export const foundRelease = (
  look: Observed<ReleaseLook> | null,
): { readonly release: StoredRelease; readonly web: WebFileList | null } | null =>
  look?.status === "known" && look.value.status === "found" ? look.value : null;

const refOf = (release: StoredRelease): ReleaseRef => ({ sha: release.manifest.git.sha, digest: release.digest });

/**
 * The last settled state, by record. Never what happens to be observed: after a crash that is half changed (R15). An
 * unfinished promotion's baseline is carried over.
 */
export function baselineOf(standing: Standing): Baseline {
  if (standing.unfinished) return standing.unfinished.baseline;
  const running = runningOf(standing);
  if (!running) return { release: null, webRelease: null, state: emptyState };
  return {
    release: { sha: running.sha, digest: running.digest },
    webRelease:
      running.webSha && running.webDigest && running.webSha !== running.sha
        ? { sha: running.webSha, digest: running.webDigest }
        : null,
    state: running.state,
  };
}

/** Why what others have put in place may be overwritten: by the plan that is being finished, or by this request. Null: it may not. */
export function acceptsDrift({ standing, policy }: Facts, request: PromotionRequest): string | null {
  const before = standing.unfinished?.overridden.find(({ code }) => code === "drifted");
  if (before) return before.reason;
  const may = policy.policy.environments.find(({ name }) => name === request.environment)?.override ?? [];
  return request.overrides.includes("drifted") && may.includes("drifted") ? request.reason : null;
}

/** Null: the release or the target could not be read or is not there; the rules say which. */
export function planPromotion(facts: Facts, request: PromotionRequest): Plan | null {
  const found = foundRelease(facts.release);
  const target = facts.target.status === "known" ? facts.target.value : null;
  if (!found || !target) return null;
  const baseline = baselineOf(facts.standing);
  const running = runningOf(facts.standing);
  if (request.only === "web" && !running) return null;
  const goal =
    request.only === "web" && running
      ? webGoalOf(found.release, running)
      : goalOf(found.release, target.target, baseline.state);
  const way: Way = {
    action: request.action,
    only: request.only,
    before: baseline.state,
    goal,
    release: found.release,
    web: found.web,
    webBefore: webListOf(facts, baseline.state),
    left: facts.standing.unfinished?.left ?? [],
    driftAccepted: request.action === "rollback" || acceptsDrift(facts, request) !== null,
    migrationTemplate: target.target.migrations?.template ?? templateOf(target.target, "migrations"),
  };
  const services =
    request.only === "web" && running ? { sha: running.sha, digest: running.digest } : refOf(found.release);
  return seal({
    version: 1,
    action: request.action,
    environment: request.environment,
    only: request.only,
    release: services,
    webRelease: request.only === "web" ? refOf(found.release) : null,
    follows: facts.standing.settled,
    target: target.digest,
    before: baseline.state,
    goal,
    steps: planSteps(way, facts),
  });
}

/**
 * The way back to the baseline, from whatever is seen now; `left` is what any plan since the baseline may have left, the
 * newest last. Null: what the way needs could not be read.
 */
export function planGoingBack(
  facts: Facts,
  baseline: Baseline,
  left: readonly EnvironmentState[],
  only: "web" | null,
  leave: ReadonlySet<string>,
): Plan | null {
  const target = facts.target.status === "known" ? facts.target.value : null;
  if (!target) return null;
  const before = foundRelease(facts.before);
  if (baseline.release && !before) return null;
  const from = left.at(-1) ?? baseline.state;
  const served = webListOf(facts, from);
  const pages = webListOf(facts, baseline.state);
  const without = (services: EnvironmentState["services"]) =>
    Object.fromEntries(Object.entries(services).filter(([name]) => !leave.has(name)));
  const way: Way = {
    action: "go-back",
    only,
    before: { services: without(baseline.state.services), web: baseline.state.web },
    goal: { services: without(baseline.state.services), web: baseline.state.web },
    release: before?.release ?? null,
    web: pages,
    webBefore: served,
    left: left.map(({ services, web }) => ({ services: without(services), web })),
    driftAccepted: false,
    migrationTemplate: null,
  };
  return seal({
    version: 1,
    action: "go-back",
    environment: target.target.environment,
    only,
    release: baseline.release,
    webRelease: baseline.webRelease,
    follows: facts.standing.settled,
    target: target.digest,
    before: from,
    goal: baseline.state,
    steps: planSteps(way, facts),
  });
}

const seal = (plan: Omit<Plan, "hash">): Plan => ({ ...plan, hash: hashPlan(plan) });

/** File list behind a live web, among the releases that were read. */
function webListOf(facts: Facts, state: EnvironmentState): WebFileList | null {
  const candidates = [foundRelease(facts.release), foundRelease(facts.before), foundRelease(facts.running)];
  return candidates.find((found) => found && sameWeb(webOf(found.release), state.web))?.web ?? null;
}
const webOf = (release: StoredRelease) =>
  release.manifest.web ? { sha: release.manifest.git.sha, digest: release.manifest.web.digest } : null;

/** Promoting what is live by record and by sight takes no lease and makes no mutating call. */
export function changesNothing(plan: Plan, facts: Facts): boolean {
  const running = runningOf(facts.standing);
  if (
    facts.standing.unfinished ||
    !running ||
    running.sha !== plan.release?.sha ||
    running.digest !== plan.release.digest
  )
    return false;
  if (!sameState(running.state, plan.goal)) return false;
  const moving = plan.steps.filter((step) => !additive.has(step.kind));
  return moving.every(
    (step) =>
      step.already ||
      (step.kind === "invalidate" && moving.every((other) => other.kind !== "switch-web" || other.already)),
  );
}
const additive = new Set(["pin-artifacts", "prepare-services", "publish-web", "verify-live"]);

export function sameState(a: EnvironmentState, b: EnvironmentState): boolean {
  const names = new Set([...Object.keys(a.services), ...Object.keys(b.services)]);
  const services = [...names].every((name) => {
    const [left, right] = [a.services[name] ?? null, b.services[name] ?? null];
    return (
      left === right ||
      (left !== null &&
        right !== null &&
        left.sha === right.sha &&
        left.image === right.image &&
        left.template === right.template)
    );
  });
  return services && sameWeb(a.web, b.web);
}
