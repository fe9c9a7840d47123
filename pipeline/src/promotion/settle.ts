import { PortError } from "../errors.ts";
import { liftSeenHold } from "../ledger/hold.ts";
import { writeCurrent } from "../ledger/ledger-writer.ts";
import type { Baseline, FailureReport, RecordBody } from "../ledger/records.ts";
import { type Considered, consider } from "./consider.ts";
import { exitOfEnding, type PartialReport, stayOpen } from "./endings.ts";
import type { Plan } from "./plan.ts";
import { planGoingBack } from "./plan-promotion.ts";
import type { Ending, StepOutcome } from "./report.ts";
import type { Epoched } from "./run.ts";
import { runPlan, waitUntilQuiet } from "./run-plan.ts";
import type { StepsEnd } from "./run-steps.ts";
import { attempt } from "./steps/step-context.ts";

type Outcome = Extract<RecordBody, { kind: "outcome" }>;
interface Sofar {
  readonly resumes: number | null;
  readonly steps: readonly StepOutcome[];
}

/** Everything was verified at once: the outcome is the commit point. */
export async function settle(epoched: Epoched, now: Considered, plan: Plan, sofar: Sofar): Promise<PartialReport> {
  const { request, world } = epoched.run;
  const back = request.action === "rollback";
  const outcome = outcomeOf(epoched, { result: "done", environment: "promoted", observed: plan.goal, held: back });
  const unrecorded = await appendOutcome(epoched, outcome, now, sofar);
  if (unrecorded) return unrecorded;
  if (!back && request.trigger === "person") await liftHold(epoched, now);
  await attempt(() => writeCurrent(world.store, epoched.writer.standing));
  return report(epoched, now, { kind: "done", held: back }, outcome, sofar);
}

/**
 * Only the hold that the decision saw, and only as long as the lease is ours: what was set since, or by a rollback after
 * us, is not ours to lift. `done` is on record by now, so nothing here may end the run otherwise; a hold that stays is shown
 * by `status`, and binds automation only.
 */
async function liftHold(epoched: Epoched, { facts: { hold } }: Considered): Promise<void> {
  if (hold.status === "unknown" || hold.value === null) return;
  const { run, lease } = epoched;
  const lifted = { by: run.request.by, at: lease.serverNow() };
  try {
    await liftSeenHold(run.world.store, run.request.environment, hold.value, lifted, () => lease.check());
  } catch {
    // It stays.
  }
}

/** It stopped before anything that people can see; schema, services and web are as before. */
export async function settleUnchanged(
  epoched: Epoched,
  now: Considered,
  end: Extract<StepsEnd, { status: "failed" | "interrupted" }>,
  sofar: Sofar,
): Promise<PartialReport> {
  const failure = end.status === "failed" ? end.failure : null;
  await waitUntilQuiet(epoched);
  const outcome = outcomeOf(epoched, { result: "reverted", environment: "unchanged", failure });
  const unrecorded = await appendOutcome(epoched, outcome, now, sofar);
  if (unrecorded) return unrecorded;
  await attempt(() => writeCurrent(epoched.run.world.store, epoched.writer.standing));
  return report(
    epoched,
    now,
    { kind: "reverted", environment: "unchanged", because: failure ? "failure" : "interrupted", held: false },
    outcome,
    sofar,
  );
}

export interface GoingBack extends Sofar {
  readonly because: Extract<RecordBody, { kind: "turn" }>["because"];
  readonly baseline: Baseline;
  readonly only: "web" | null;
  /** A service that somebody else moved: left alone, and the outcome is partial. */
  readonly notOurs: string | null;
  /** A rollback of an open promotion: going back is what was wanted. */
  readonly asked: boolean;
}

/** The decision to go back is durable before its first act, and leads to the baseline, never to what is seen (R15, R17). */
export async function goBack(epoched: Epoched, now: Considered, back: GoingBack): Promise<PartialReport> {
  const { run, ports, writer } = epoched;
  const seen = await consider(
    { shared: run.world, ports, policy: run.world.policy, request: run.request },
    { ...now.standing, unfinished: writer.standing.unfinished ?? now.standing.unfinished },
  );
  const leave = new Set(back.notOurs ? [back.notOurs] : []);
  const left = writer.standing.unfinished?.left ?? [];
  const plan = planGoingBack(seen.facts, back.baseline, left, back.only, leave);
  if (!plan)
    return {
      ...stayOpen(epoched, "what the way back needs could not be read", now),
      steps: back.steps,
      resumes: back.resumes,
    };
  await writer.append({ kind: "turn", because: back.because, plan });
  const cause = "cause" in back.because ? back.because.cause : "";
  run.world.emit({ type: "turn", because: cause, to: back.baseline.release?.sha ?? null, steps: plan.steps });
  const ran = await runPlan(epoched, plan, true, seen);
  const sofar = { resumes: back.resumes, steps: [...back.steps, ...ran.outcomes] };
  if (ran.end.status === "unknown")
    return { ...stayOpen(epoched, ran.end.failure.cause, now), failure: ran.end.failure, ...sofar };
  await waitUntilQuiet(epoched);
  if (ran.end.status === "done" && leave.size === 0) return settleReverted(epoched, now, back, sofar);
  return settlePartial(epoched, now, back, ran.end, sofar);
}

async function settleReverted(
  epoched: Epoched,
  now: Considered,
  back: GoingBack,
  sofar: Sofar,
): Promise<PartialReport> {
  const failure = failureOf(back.because);
  const outcome = outcomeOf(epoched, {
    result: "reverted",
    environment: "reverted",
    failure,
    observed: back.baseline.state,
    held: back.asked,
  });
  const unrecorded = await appendOutcome(epoched, outcome, now, sofar);
  if (unrecorded) return unrecorded;
  await attempt(() => writeCurrent(epoched.run.world.store, epoched.writer.standing));
  const because = back.asked ? "asked" : back.because.code === "interrupted" ? "interrupted" : "failure";
  return report(epoched, now, { kind: "reverted", environment: "reverted", because, held: back.asked }, outcome, sofar);
}

async function settlePartial(
  epoched: Epoched,
  now: Considered,
  back: GoingBack,
  end: StepsEnd,
  sofar: Sofar,
): Promise<PartialReport> {
  const stuck = end.status === "failed" ? end.failure : null;
  const failure: FailureReport | null = stuck ? { ...stuck, code: "revert-failed" } : failureOf(back.because);
  const notBack = [
    ...new Set([...(back.notOurs ? [back.notOurs] : []), ...(stuck ? [stuck.name ?? stuck.step ?? "web"] : [])]),
  ];
  const outcome = outcomeOf(epoched, { result: "partial", environment: "partial", failure, notBack });
  const unrecorded = await appendOutcome(epoched, outcome, now, sofar);
  return unrecorded ?? report(epoched, now, { kind: "partial", notBack }, outcome, sofar);
}

const failureOf = (because: GoingBack["because"]): FailureReport | null => ("step" in because ? because : null);

const outcomeOf = (epoched: Epoched, fields: Pick<Outcome, "result" | "environment"> & Partial<Outcome>): Outcome => ({
  kind: "outcome",
  failure: null,
  reasons: [],
  observed: null,
  // True when it was looked at; what somebody else has changed since is drift (protocol §13).
  observedAt: (fields.observed && epoched.verified.from) ?? epoched.lease.serverNow(),
  notBack: [],
  held: false,
  ...fields,
});

/** Null: it is recorded. Otherwise all is done but the outcome; the next run, which sees the same, writes it. */
async function appendOutcome(
  epoched: Epoched,
  outcome: Outcome,
  now: Considered,
  sofar: Sofar,
): Promise<PartialReport | null> {
  try {
    await epoched.writer.append(outcome);
    return null;
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return {
      ...stayOpen(epoched, error.message, now),
      ending: { kind: "open", because: error.message, code: "record-failed" },
      ...sofar,
    };
  }
}

function report(epoched: Epoched, now: Considered, ending: Ending, outcome: Outcome, sofar: Sofar): PartialReport {
  const { plan, decision, facts } = now;
  const code = outcome.failure?.code ?? null;
  return {
    ending,
    exit: exitOfEnding(ending, now, code),
    environment: outcome.environment,
    epoch: epoched.writer.epoch,
    plan,
    decision,
    facts,
    failure: outcome.failure,
    observed: outcome.observed,
    ...sofar,
  };
}
