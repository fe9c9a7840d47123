import type { EnvironmentState, PromotionReport, StepOutcome } from "@slipway/pipeline";
import { withoutRemarks } from "../failure.ts";
import { destinationOf, originOf } from "../promotion/told.ts";
import { partOf } from "../terminal/step-words.ts";
import { failureDocument } from "./failure.ts";
import { leaseDocument } from "./lease.ts";
import { reasonDocument } from "./plan.ts";
import type { PromotionDocument } from "./schemas/promotion.ts";

type Part = PromotionDocument["parts"][number];

export function promotionDocument(
  report: PromotionReport,
  around: { readonly app: string; readonly url: string | null; readonly next: readonly string[] },
): PromotionDocument {
  const { request, failure, ending } = report;
  return {
    kind: "promotion",
    version: 1,
    app: around.app,
    env: request.environment,
    direction: request.action === "promote" ? "forward" : "back",
    epoch: report.epoch,
    resumes: report.resumes,
    by: request.by.name,
    from: originOf(report),
    to: destinationOf(report),
    plan: report.plan?.hash.replace(/^sha256:/, "") ?? null,
    url: around.url,
    startedAt: report.startedAt,
    endedAt: report.endedAt,
    outcome: outcomeOf(report),
    environment: report.environment,
    exit: report.exit,
    ending: ending.kind,
    reasons: ending.kind === "refused" ? (report.decision?.reasons ?? []).map(reasonDocument) : [],
    failure: failure && failureDocument(failure),
    steps: report.steps.map(stepDocument),
    parts: partsOf(report),
    lease: ending.kind === "busy" ? leaseDocument(ending.look) : null,
    next: withoutRemarks(around.next),
  };
}

function stepDocument({ n, step, back, report, seconds }: StepOutcome): PromotionDocument["steps"][number] {
  const name = partOf(step);
  return {
    n,
    kind: step.kind,
    ...(name === null ? {} : { name }),
    ...(back ? { back } : {}),
    outcome: report.status === "done" && !report.changed ? "same" : report.status,
    summary: report.summary,
    seconds: Math.round(seconds * 10) / 10,
  };
}

function outcomeOf({ ending, exit }: PromotionReport): PromotionDocument["outcome"] {
  switch (ending.kind) {
    case "done":
    case "already":
    case "overtaken":
      return "done";
    case "refused":
      return exit === 7 ? "unknown" : "refused";
    case "busy":
      return "refused";
    case "reverted":
      return ending.because === "asked" ? "done" : "failed";
    case "partial":
      return "failed";
    case "lost":
    case "open":
      return "unknown";
  }
}

/** What the environment is known to run now, part by part; nothing where nothing was looked at. */
function partsOf({ observed, plan, ending }: PromotionReport): readonly Part[] {
  if (ending.kind === "partial") {
    const stuck = new Set(ending.notBack);
    return stateParts(plan?.before ?? null).map((part) => ({ ...part, matches: !stuck.has(part.name) }));
  }
  const state = ending.kind === "already" ? (plan?.goal ?? null) : observed;
  return stateParts(state).map((part) => ({ ...part, matches: true }));
}

function stateParts(state: EnvironmentState | null): readonly Omit<Part, "matches">[] {
  if (!state) return [];
  const services = Object.entries(state.services).flatMap(([name, revision]) =>
    revision ? [{ part: "service" as const, name, sha: revision.sha }] : [],
  );
  return state.web ? [...services, { part: "web" as const, name: "web", sha: state.web.sha }] : services;
}
