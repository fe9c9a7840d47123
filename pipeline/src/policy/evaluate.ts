import { type ExitCode, exitCodes, type RefusalCode, refusals } from "../codes.ts";
import type { PromotionRequest } from "../ledger/records.ts";
import type { Facts } from "../promotion/facts.ts";
import type { Plan } from "../promotion/plan.ts";
import { earliestEntry } from "./earliest.ts";
import type { Decision, Reason, RuleAnswer } from "./policy.ts";
import { ancestry } from "./rules/ancestry.ts";
import { approval, approvalsOf } from "./rules/approval.ts";
import { drifted } from "./rules/drifted.ts";
import { dropsService } from "./rules/drops-service.ts";
import { freeze } from "./rules/freeze.ts";
import { held } from "./rules/held.ts";
import { images } from "./rules/images.ts";
import { interrupted } from "./rules/interrupted.ts";
import { migrations } from "./rules/migrations.ts";
import { neverRan } from "./rules/never-ran.ts";
import { order } from "./rules/order.ts";
import { partial } from "./rules/partial.ts";
import { planMoved } from "./rules/plan-moved.ts";
import { quarantined } from "./rules/quarantined.ts";
import { release } from "./rules/release.ts";
import type { Rule, RuleContext, RuleVerdict } from "./rules/rule.ts";
import { running } from "./rules/running.ts";
import { schema } from "./rules/schema.ts";
import { soak } from "./rules/soak.ts";
import { target } from "./rules/target.ts";
import { webCollision } from "./rules/web-collision.ts";

interface RuleEntry {
  /** As `explain` names it. */
  readonly rule: string;
  /** Its traits say when the rule is asked; the verdict may carry a closer code. */
  readonly code: RefusalCode;
  readonly ask: Rule;
}

/** In the order in which people read reasons. */
const rules: readonly RuleEntry[] = [
  { rule: "release", code: "release-missing", ask: release },
  { rule: "quarantine", code: "quarantined", ask: quarantined },
  { rule: "target", code: "target-missing", ask: target },
  { rule: "images", code: "image-unavailable", ask: images },
  { rule: "assets", code: "web-collision", ask: webCollision },
  { rule: "never-ran", code: "never-ran", ask: neverRan },
  { rule: "order", code: "order", ask: order },
  { rule: "soak", code: "soak", ask: soak },
  { rule: "ancestry", code: "ancestry", ask: ancestry },
  { rule: "freeze", code: "freeze", ask: freeze },
  { rule: "approval", code: "approval", ask: approval },
  { rule: "hold", code: "held", ask: held },
  { rule: "partial", code: "partial", ask: partial },
  { rule: "interrupted", code: "interrupted", ask: interrupted },
  { rule: "drift", code: "drifted", ask: drifted },
  // Asked of everything and never passed over: without it neither a plan nor its end can be judged.
  { rule: "running", code: "target-missing", ask: running },
  { rule: "services", code: "drops-service", ask: dropsService },
  { rule: "migrations", code: "migration-diverged", ask: migrations },
  { rule: "schema", code: "schema-incompatible", ask: schema },
  { rule: "plan", code: "plan-moved", ask: planMoved },
];

/** Rules of time and people: the only ones that a policy may waive. */
const waivable: ReadonlySet<RefusalCode> = new Set(["soak", "approval", "freeze"]);

export interface DecisionInput {
  readonly facts: Facts;
  /** Null: too little could be read to plan; never allowed then. */
  readonly plan: Plan | null;
  readonly request: PromotionRequest;
  /** `resume`: the same promotion is being finished; what was asked once is not asked again (R18). */
  readonly mode: "new" | "resume";
  /** Somebody only looks: nobody is the requester yet, so nobody's approval is excluded. */
  readonly reading?: boolean;
}

/** Every unmet condition, never just the first. Pure, and total: what could not be read is a reason, not an exception. */
export function decide({ facts, plan, request, mode, reading = false }: DecisionInput): Decision {
  const policy = facts.policy.policy.environments.find((one) => one.name === request.environment);
  if (!policy) return offTheLadder(request);
  const context: RuleContext = { facts, plan, request, policy, reading };
  const answers = rules
    .filter((entry) => isAsked(entry, request, mode))
    .flatMap((entry) => answerOf(entry, entry.ask(context), context) ?? []);
  const complete = plan || isRefused(answers) ? answers : [...answers, unplanned(request)];
  return conclude(complete, context, mode);
}

function isAsked({ code }: RuleEntry, request: PromotionRequest, mode: "new" | "resume"): boolean {
  const { appliesToRollback, onceOnly } = refusals[code];
  return (request.action === "promote" || appliesToRollback) && (mode === "new" || !onceOnly);
}

function answerOf({ rule }: RuleEntry, verdict: RuleVerdict, { policy, request }: RuleContext): RuleAnswer | null {
  if (verdict.status === "not-asked") return null;
  if (verdict.status === "passed" || verdict.status === "unproven")
    return { status: verdict.status, rule, message: verdict.message };
  const { code, message, evidence, data, clearsAt } = verdict;
  if (waivable.has(code) && policy.waive.includes(code)) return { status: "waived", rule, code, message };
  const overridable = rule !== "running" && refusals[code].overridable && policy.override.includes(code);
  const reason: Reason = { code, kind: verdict.status, message, evidence, data, clearsAt, overridable };
  const { overrides, reason: because } = request;
  return overridable && overrides.includes(code) && because !== null
    ? { status: "overridden", rule, reason, because }
    : { status: "refused", rule, reason };
}

function conclude(answers: readonly RuleAnswer[], context: RuleContext, mode: "new" | "resume"): Decision {
  const { policy, request } = context;
  const reasons = answers.flatMap((answer) => (answer.status === "refused" ? [answer.reason] : []));
  const overridden = answers.flatMap((answer) =>
    answer.status === "overridden" ? [{ code: answer.reason.code, reason: answer.because }] : [],
  );
  const waived = answers.flatMap((answer) => (answer.status === "waived" ? [answer.code] : []));
  const freezeHolds = ![...overridden.map(({ code }) => code), ...waived, ...policy.waive].includes("freeze");
  const asksApproval = request.action === "promote" && mode === "new" && policy.approvals > 0;
  const earliest = earliestEntry(reasons, freezeHolds ? readableFreezes(context) : []);
  return {
    allowed: reasons.length === 0,
    reasons,
    answers,
    overridden,
    waived,
    approvedBy: asksApproval ? approvalsOf(context).counted.map((approval) => approval.actor.name) : [],
    clearsAt: earliest?.at ?? null,
    earliest,
  };
}

/** None when the rule itself could not judge them: then nothing clears by itself anyway. */
const readableFreezes = (context: RuleContext) => {
  const verdict = freeze(context);
  return verdict.status === "unknown" ? [] : context.policy.freeze;
};

const isRefused = (answers: readonly RuleAnswer[]): boolean => answers.some((answer) => answer.status === "refused");

const unplanned = (request: PromotionRequest): RuleAnswer => ({
  status: "refused",
  rule: "plan",
  reason: {
    code: request.action === "rollback" ? "never-ran" : "release-missing",
    kind: "unknown",
    message: "too little could be read to plan",
    evidence: [],
    data: {},
    clearsAt: null,
    overridable: false,
  },
});

function offTheLadder(request: PromotionRequest): Decision {
  const reason: Reason = {
    code: "target-missing",
    kind: "no",
    message: `the policy in the store has no environment ${request.environment}`,
    evidence: [],
    data: {},
    clearsAt: null,
    overridable: false,
  };
  return {
    allowed: false,
    reasons: [reason],
    answers: [{ status: "refused", rule: "target", reason }],
    overridden: [],
    waived: [],
    approvedBy: [],
    clearsAt: null,
    earliest: null,
  };
}

/** Automation came late: what runs contains its commit already. Nothing is changed, and nothing is wrong. */
export const isOvertaken = (decision: Decision): boolean =>
  decision.reasons.some((reason) => reason.code === "superseded" && reason.kind === "no");

/** Exit code of a command that ends with this decision: one definite no is 3, unknowns alone are 7, overtaken is 0. */
export function exitOf(decision: Decision): ExitCode {
  if (decision.allowed || isOvertaken(decision)) return exitCodes.done;
  return decision.reasons.some((reason) => reason.kind === "no") ? exitCodes.refused : exitCodes.unknown;
}
