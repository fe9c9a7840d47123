import { exitCodes } from "../codes.ts";
import { readTarget } from "../environment/read-target.ts";
import { DeposedError, LeaseLostError, PortError } from "../errors.ts";
import { acquireLease, type HeldLease, type LeaseTiming } from "../ledger/lease.ts";
import type { PromotionRequest } from "../ledger/records.ts";
import type { EnvironmentPorts } from "../ports.ts";
import { readPolicy } from "../release/publish-policy.ts";
import { answerWithoutLease, considerNow } from "./answer-without-lease.ts";
import { applyUnderLease } from "./apply.ts";
import { ended, type PartialReport } from "./endings.ts";
import type { PromotionReport } from "./report.ts";
import type { PromotionWorld, Run } from "./run.ts";

/**
 * The main job. Everything is looked at twice: what was seen before the lease is an opinion that makes refusals and "already
 * live" free of any change; what is seen under the lease counts.
 */
export async function promote(
  world: PromotionWorld,
  request: PromotionRequest,
  waitMilliseconds = 0,
): Promise<PromotionReport> {
  const startedAt = world.clock.now();
  const report = await answeringSilence(() => promoteOnce(world, request, waitMilliseconds));
  return { ...nothingDone, ...report, request, startedAt, endedAt: world.clock.now() };
}

const mostRounds = 3;

/** From the start again where infrastructure was changed while this waited for the lease: other ports lead there now. */
async function promoteOnce(
  world: PromotionWorld,
  request: PromotionRequest,
  waitMilliseconds: number,
): Promise<PartialReport> {
  for (let round = 1; round <= mostRounds; round += 1) {
    const report = await promoteFrom(await connectRun(world, request), waitMilliseconds);
    if (report !== "target-moved") return report;
  }
  throw new PortError("read target.json", "none", `the target of ${request.environment} changes all the time`);
}

async function connectRun(world: PromotionWorld, request: PromotionRequest): Promise<Run> {
  const stored = await readTarget(world.store, request.environment);
  const ports = stored ? await world.connect(stored.target) : null;
  return { world, request, target: stored?.digest ?? null, ports, reachable: stored?.target.url != null };
}

/** A port that is silent before anything of ours was written: nothing is known, and nothing was changed. */
async function answeringSilence(work: () => Promise<PartialReport>): Promise<PartialReport> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PortError || error instanceof LeaseLostError)) throw error;
    const ending = { kind: "open", because: error.message, code: "could-not-tell" } as const;
    return { ending, exit: exitCodes.unknown, environment: "unchanged" };
  }
}

const nothingDone = {
  epoch: null,
  resumes: null,
  plan: null,
  decision: null,
  facts: null,
  failure: null,
  steps: [],
  observed: null,
} as const;

async function promoteFrom(run: Run, waitMilliseconds: number): Promise<PartialReport | "target-moved"> {
  const { world, request } = run;
  const first = await considerNow(run);
  const early = await answerWithoutLease(run, first);
  if (early) return early;
  const { store, clock, random, timing, holder, emit, interrupt } = world;
  const { environment } = request;
  const answer = await acquireLease({
    store,
    environment,
    clock,
    random,
    timing: atLeast(timing, run.ports),
    holder,
    waitMilliseconds,
    emit,
    signal: interrupt.signal,
    ...(world.isGone ? { isGone: world.isGone } : {}),
  });
  if (answer.status === "busy") return ended({ kind: "busy", look: answer.look }, first);
  const { lease } = answer;
  const held = await beginQuietly(run, lease);
  return held === "target-moved" ? held : withLease(held, lease);
}

/**
 * Waits until nothing of an older run may land, then reads again what decides. Whoever stops waiting, and whoever has to start
 * over, gives the lease back: nothing was begun (R5).
 */
async function beginQuietly(run: Run, lease: HeldLease): Promise<Run | "target-moved"> {
  const { world, request } = run;
  try {
    await lease.waitUntilQuiet();
    const [target, policy] = await Promise.all([readTarget(world.store, request.environment), readPolicy(world.store)]);
    if ((target?.digest ?? null) === run.target) return { ...run, world: { ...world, policy: policy ?? world.policy } };
  } catch (error) {
    await lease.release();
    throw error;
  }
  await lease.release();
  return "target-moved";
}

/** The lock-delay is never shorter than a request of these ports may still land (types.md §3). */
const atLeast = (timing: LeaseTiming, ports: EnvironmentPorts | null): LeaseTiming => {
  const lands = ports?.longestRequestMilliseconds ?? 0;
  return { ...timing, landsMilliseconds: Math.max(timing.landsMilliseconds, lands) };
};

/**
 * After a lost lease, a later epoch or a call without an answer nothing is given back: a request of ours may still be under
 * way, and the lock-delay must pass before another run looks.
 */
async function withLease(run: Run, lease: HeldLease): Promise<PartialReport> {
  try {
    const report = await applyUnderLease(run, lease);
    if (report.ending.kind === "open") lease.stopBeating();
    else await lease.release();
    return report;
  } catch (error) {
    lease.stopBeating();
    if (error instanceof DeposedError || error instanceof LeaseLostError) {
      return {
        ending: { kind: "lost", because: error.message },
        exit: error instanceof DeposedError ? exitCodes.busy : exitCodes.unknown,
        environment: "unknown",
      };
    }
    if (error instanceof PortError) {
      return {
        ending: { kind: "open", because: error.message, code: "could-not-tell" },
        exit: exitCodes.unknown,
        environment: "unknown",
      };
    }
    throw error;
  }
}
