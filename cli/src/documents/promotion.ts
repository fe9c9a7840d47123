import type { Ending, EnvironmentState, PromotionReport, Sha } from "@slipway/pipeline";
import { withoutRemarks } from "../failure.ts";
import type { Document } from "../output.ts";
import { destinationOf, originOf } from "../promotion/told.ts";
import { partOf } from "../terminal/step-words.ts";
import { type ReasonDocument, reasonDocument } from "./plan.ts";

export interface PromotionDocument extends Document {
  readonly kind: "promotion";
  readonly app: string;
  readonly env: string;
  readonly direction: "forward" | "back";
  readonly epoch: number | null;
  readonly resumes: number | null;
  readonly by: string;
  readonly from: Sha | null;
  readonly to: Sha | null;
  readonly plan: string | null;
  readonly url: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: "done" | "refused" | "failed" | "unknown";
  readonly environment: PromotionReport["environment"];
  readonly exit: number;
  /** Finer than `outcome`: already, overtaken, busy, lost … */
  readonly ending: Ending["kind"];
  readonly reasons: readonly ReasonDocument[];
  readonly failure: object | null;
  readonly steps: readonly object[];
  readonly parts: readonly object[];
  readonly lease: object | null;
  readonly next: readonly string[];
}

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
    failure: failure && {
      code: failure.code,
      step: failure.step,
      name: failure.name,
      where: failure.where && { file: failure.where.file, line: failure.where.line, path: null },
      cause: failure.cause,
      log: failure.log,
    },
    steps: report.steps.map(({ n, step, back, report: seen, seconds }) => ({
      n,
      kind: step.kind,
      ...(partOf(step) === null ? {} : { name: partOf(step) }),
      ...(back ? { back } : {}),
      outcome: seen.status === "done" && !seen.changed ? "same" : seen.status,
      summary: seen.summary,
      seconds: Math.round(seconds * 10) / 10,
    })),
    parts: partsOf(report),
    lease: ending.kind === "busy" ? leaseDocument(ending.look) : null,
    next: withoutRemarks(around.next),
  };
}

export const leaseDocument = (look: Extract<Ending, { kind: "busy" }>["look"]): object => ({
  state: look.stale ? "stale" : look.state,
  by: look.by.name,
  host: look.host,
  runUrl: look.runUrl,
  epoch: look.epoch,
  doing: look.doing,
  since: look.since,
  heartbeatSecondsAgo: Math.round(look.ageMilliseconds / 1000),
  quietUntil: look.quietUntil,
});

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
function partsOf({ observed, plan, ending }: PromotionReport): readonly object[] {
  if (ending.kind === "partial") {
    const stuck = new Set(ending.notBack);
    return stateParts(plan?.before ?? null).map((part) => ({ ...part, matches: !stuck.has(part.name) }));
  }
  const state = ending.kind === "already" ? (plan?.goal ?? null) : observed;
  return stateParts(state).map((part) => ({ ...part, matches: true }));
}

function stateParts(state: EnvironmentState | null): readonly { part: string; name: string; sha: Sha }[] {
  if (!state) return [];
  const services = Object.entries(state.services).flatMap(([name, revision]) =>
    revision ? [{ part: "service", name, sha: revision.sha }] : [],
  );
  return state.web ? [...services, { part: "web", name: "web", sha: state.web.sha }] : services;
}
