import { writeHold } from "../ledger/hold.ts";
import type { HeldLease } from "../ledger/lease.ts";
import type { RecordBody, Unfinished } from "../ledger/records.ts";
import { answerWithoutLease, considerNow } from "./answer-without-lease.ts";
import { beginEpoch, type Raised } from "./begin-epoch.ts";
import type { Considered } from "./consider.ts";
import { ended, interruptedHere, type PartialReport, stayOpen } from "./endings.ts";
import { distanceOf } from "./facts.ts";
import type { Plan } from "./plan.ts";
import { acceptsDrift, baselineOf } from "./plan-promotion.ts";
import type { Epoched, Run } from "./run.ts";
import { runPlan } from "./run-plan.ts";
import { goBack, settle, settleUnchanged } from "./settle.ts";

/** @throws DeposedError, LeaseLostError, PortError: nothing was settled then, and the promotion stays open. */
export async function applyUnderLease(run: Run, lease: HeldLease): Promise<PartialReport> {
  const again = await considerNow(run);
  const early = await answerWithoutLease(run, again, true);
  if (early || !run.ports) return early ?? ended({ kind: "refused" }, again);
  const begun = await beginEpoch(run, run.ports, lease, again);
  return begun.status === "ended" ? begun.report : carryOut(begun.epoched, begun.now, begun.fences);
}

async function carryOut(epoched: Epoched, now: Considered, fences: Raised): Promise<PartialReport> {
  const { continuation, decision, plan } = now;
  if (continuation.kind === "turn") {
    if (isOnAnotherDatabase(now)) return refuse(epoched, now);
    const because =
      continuation.unfinished.turned ??
      ({ code: "rollback", cause: `rolled back by ${epoched.run.request.by.name}` } as const);
    if (epoched.run.request.action === "rollback") await hold(epoched);
    return goBack(epoched, now, {
      because,
      baseline: continuation.unfinished.baseline,
      only: continuation.unfinished.plan.only,
      notOurs: null,
      asked: epoched.run.request.action === "rollback",
      steps: [],
      resumes: continuation.unfinished.epoch,
    });
  }
  if (!decision.allowed || !plan) return refusedUnderLease(epoched, now);
  await recordPlan(epoched, now, plan, fences);
  if (epoched.run.request.action === "rollback") await hold(epoched);
  return runForward(epoched, now, plan);
}

/** A rollback that was asked for just now, to a release whose migrations the database lacks (R16). */
const isOnAnotherDatabase = ({ continuation, decision }: Considered): boolean =>
  continuation.unfinished?.turned === null &&
  decision.reasons.some(({ code, kind }) => code === "schema-incompatible" && kind === "no");

/** A definite no to safety turns a resumption back; could-not-tell leaves it open; anything new has changed nothing. */
async function refusedUnderLease(epoched: Epoched, now: Considered): Promise<PartialReport> {
  const { continuation, decision } = now;
  const no = decision.reasons.find(({ kind, code }) => kind === "no" && code !== "plan-moved");
  const isAboutTheCall = decision.reasons.some(({ kind, code }) => kind === "no" && code === "plan-moved");
  if (continuation.kind === "finish" && (no || !isAboutTheCall)) {
    if (!no) return stayOpen(epoched, decision.reasons[0]?.message ?? "the release could not be read", now);
    const { baseline, plan, epoch } = continuation.unfinished;
    const because = { code: no.code, cause: epoched.run.world.redact(no.message) } as const;
    return goBack(epoched, now, {
      because,
      baseline,
      only: plan.only,
      notOurs: null,
      asked: false,
      steps: [],
      resumes: epoch,
    });
  }
  return refuse(epoched, now);
}

async function refuse(epoched: Epoched, now: Considered): Promise<PartialReport> {
  const { decision } = now;
  await epoched.writer.append({
    kind: "outcome",
    result: "refused",
    environment: "unchanged",
    failure: null,
    reasons: decision.reasons.map(({ code, message }) => ({ code, message: epoched.run.world.redact(message) })),
    observed: null,
    observedAt: epoched.lease.serverNow(),
    notBack: [],
    held: false,
  });
  return { ...ended({ kind: "refused" }, now), epoch: epoched.writer.epoch };
}

async function recordPlan(epoched: Epoched, now: Considered, plan: Plan, fences: Raised): Promise<void> {
  const { run, writer } = epoched;
  const { decision, continuation, facts } = now;
  const open = continuation.kind === "finish" ? continuation.unfinished : null;
  const body: RecordBody = {
    kind: "plan",
    request: run.request,
    promotion: open?.promotion ?? writer.epoch,
    plan,
    expected: open?.expected ?? plan.hash,
    overridden: open ? withDrift(open.overridden, acceptsDrift(facts, run.request)) : decision.overridden,
    waived: decision.waived,
    approvedBy: decision.approvedBy,
    policyDigest: facts.policy.digest,
    baseline: baselineOf(now.standing),
    fenced: fences.database,
  };
  await writer.append(body);
}

/** What is overridden only now, while an open promotion is finished, goes on record as well. */
function withDrift(overridden: Unfinished["overridden"], reason: string | null): Unfinished["overridden"] {
  const isNew = reason !== null && !overridden.some(({ code }) => code === "drifted");
  return isNew ? [...overridden, { code: "drifted", reason }] : overridden;
}

/** Before the first step of a rollback: one that dies half-way must not be undone by automation. */
async function hold(epoched: Epoched): Promise<void> {
  const { request, world } = epoched.run;
  const reason = request.reason ?? `rollback in epoch ${epoched.writer.epoch}`;
  const { lease } = epoched;
  const made = { by: request.by, at: lease.serverNow(), reason };
  await writeHold(world.store, request.environment, made, () => lease.check());
}

async function runForward(epoched: Epoched, now: Considered, plan: Plan): Promise<PartialReport> {
  const resumes = now.continuation.kind === "finish" ? now.continuation.unfinished.epoch : null;
  announce(epoched, now, plan, resumes);
  const ran = await runPlan(epoched, plan, false, now);
  const { end, outcomes: steps } = ran;
  if (end.status === "done") return settle(epoched, now, plan, { resumes, steps });
  if (end.status === "unknown")
    return { ...stayOpen(epoched, end.failure.cause, now), failure: end.failure, resumes, steps };
  if (end.status === "interrupted" && end.mode === "leave") {
    return { ...interruptedHere(epoched, now), resumes, steps };
  }
  const changedSomething = ran.visible || now.continuation.unfinished !== null;
  if (!changedSomething) return settleUnchanged(epoched, now, end, { resumes, steps });
  const because =
    end.status === "failed"
      ? end.failure
      : ({ code: "interrupted", cause: `interrupted by ${epoched.run.request.by.name}` } as const);
  return goBack(epoched, now, {
    because,
    baseline: baselineOf(now.standing),
    only: plan.only,
    notOurs: end.status === "failed" ? end.notOurs : null,
    asked: false,
    steps,
    resumes,
  });
}

function announce(epoched: Epoched, now: Considered, plan: Plan, resumes: number | null): void {
  const { run, writer } = epoched;
  const { facts } = now;
  const release =
    facts.release?.status === "known" && facts.release.value.status === "found" ? facts.release.value.release : null;
  run.world.emit({
    type: "run:start",
    app: facts.policy.policy.app,
    env: run.request.environment,
    direction: plan.action === "promote" ? "forward" : "back",
    from: baselineOf(now.standing).release?.sha ?? null,
    to: release?.manifest.git.sha ?? null,
    subject: release?.manifest.git.subject ?? null,
    ...distanceOf(facts),
    plan: plan.hash,
    epoch: writer.epoch,
    by: run.request.by.name,
    resumes,
    steps: plan.steps,
  });
}
