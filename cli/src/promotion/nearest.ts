import {
  exitCodes,
  type GoodRun,
  listQuarantined,
  mayComeBack,
  PortError,
  type PromotionReport,
  type PromotionRequest,
  type RefusalCode,
  runningOf,
  type Sha,
} from "@slipway/pipeline";
import type { Session } from "../session.ts";
import { lookAtRequest, readingDecision } from "./look.ts";

/** Reasons that another release may not have. */
const ofTheRelease: ReadonlySet<RefusalCode> = new Set([
  "release-missing",
  "release-corrupt",
  "release-foreign",
  "image-unavailable",
  "schema-incompatible",
]);
/** Each is asked like a rollback of its own. */
const mostAsked = 10;

/** The newest other release that a refused rollback may lead to now. Null: there is none, it could not be told, or another would not help. */
export async function nearestRollback(session: Session, report: PromotionReport): Promise<GoodRun | null> {
  const { request, facts, ending, exit } = report;
  if (request.action !== "rollback" || ending.kind !== "refused" || exit !== exitCodes.refused || !facts) return null;
  if (!(report.decision?.reasons ?? []).some(({ code }) => ofTheRelease.has(code))) return null;
  try {
    const quarantined = await listQuarantined(session.store);
    const others = newestOfEach(facts.standing.good).filter(
      (run) =>
        run.sha !== facts.sha &&
        run.sha !== runningOf(facts.standing)?.sha &&
        mayComeBack(facts.standing, run, quarantined),
    );
    for (const run of others.slice(0, mostAsked)) if (await mayLeadTo(session, request, run.sha)) return run;
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
  }
  return null;
}

const newestOfEach = (good: readonly GoodRun[]): readonly GoodRun[] =>
  good.filter(({ sha }, at) => good.findIndex((run) => run.sha === sha) === at);

async function mayLeadTo(session: Session, request: PromotionRequest, sha: Sha): Promise<boolean> {
  return readingDecision(await lookAtRequest(session, { ...request, sha, expect: null })).allowed;
}
