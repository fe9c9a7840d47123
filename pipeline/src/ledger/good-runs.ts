import type { Instant } from "../identifiers.ts";
import type { Plan, StepKind } from "../promotion/plan.ts";
import { canonicalJson } from "../release/canonical-json.ts";
import type { GoodRun, LedgerRecord, Unfinished } from "./records.ts";

/** Enough for any rollback window. */
const keptRuns = 100;

/** After `done`: what ran has ended, and what was promoted runs, unless it is exactly what ran all the time. */
export function endRun(
  good: readonly GoodRun[],
  unfinished: Unfinished,
  record: Pick<LedgerRecord, "epoch" | "at">,
): readonly GoodRun[] {
  const { plan, request } = unfinished;
  const leftBy = request.action === "rollback" ? "rolled-back" : "replaced";
  if (!plan.release) return leave(good, record.at, leftBy);
  const webRelease = plan.goal.web ? (plan.webRelease ?? plan.release) : null;
  const run: GoodRun = {
    sha: plan.release.sha,
    digest: plan.release.digest,
    webSha: webRelease?.sha ?? null,
    webDigest: webRelease?.digest ?? null,
    epoch: record.epoch,
    action: request.action,
    by: request.by,
    runUrl: request.runUrl,
    from: record.at,
    until: null,
    leftBy: null,
    state: plan.goal,
    targetDigest: plan.target,
  };
  const running = good.find(({ until }) => until === null);
  if (running && isSame(running, run)) {
    return unfinished.disturbed ? [run, ...leave(good, unfinished.at, gapOf(unfinished))].slice(0, keptRuns) : good;
  }
  return [run, ...leave(good, record.at, leftBy)].slice(0, keptRuns);
}

/**
 * After a visible change was put back: there was a gap, so the occupancy of what runs starts again at the outcome. The
 * stay before it ends where the change was planned, since anything visible came after that.
 */
export function restartRun(good: readonly GoodRun[], unfinished: Unfinished, at: Instant): readonly GoodRun[] {
  const running = good.find(({ until }) => until === null);
  if (!running) return good;
  return [{ ...running, from: at }, ...leave(good, unfinished.at, gapOf(unfinished))].slice(0, keptRuns);
}

const gapOf = ({ drifted }: Unfinished): GoodRun["leftBy"] => (drifted ? "drifted" : "disturbed");

const visible: ReadonlySet<StepKind> = new Set(["roll-service", "retire-service", "switch-web"]);

/**
 * Whether what runs by record has a gap once the plan is begun: it leads elsewhere, or it has to put in place what should
 * have run all the time.
 */
export function disturbs(running: GoodRun | null, plan: Plan): boolean {
  if (!running) return false;
  const leadsElsewhere = !isGoalOf(plan, running);
  return plan.steps.some(({ kind, already }) => visible.has(kind) && (leadsElsewhere || !already));
}

/** Whether a plan that leads to what runs by record has to put something visible of it in place again. */
export const foundDrift = (running: GoodRun | null, plan: Plan): boolean =>
  running !== null && isGoalOf(plan, running) && disturbs(running, plan);

const isGoalOf = ({ goal }: Plan, { state }: GoodRun): boolean => canonicalJson(state) === canonicalJson(goal);

function leave(good: readonly GoodRun[], until: Instant, leftBy: GoodRun["leftBy"]): readonly GoodRun[] {
  return good.map((run) => (run.until === null ? { ...run, until, leftBy } : run));
}

const whatRuns = ({ sha, digest, webSha, webDigest, state }: GoodRun): string =>
  canonicalJson({ sha, digest, webSha, webDigest, state });
const isSame = (a: GoodRun, b: GoodRun): boolean => whatRuns(a) === whatRuns(b);
