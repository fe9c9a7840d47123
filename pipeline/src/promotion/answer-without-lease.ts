import { readLease } from "../ledger/lease.ts";
import { writeCurrent } from "../ledger/ledger-writer.ts";
import { readStanding } from "../ledger/read-ledger.ts";
import { type Considered, consider } from "./consider.ts";
import { ended, type PartialReport } from "./endings.ts";
import { changesNothing, foundRelease } from "./plan-promotion.ts";
import type { Run } from "./run.ts";
import { type LiveVerdict, verifyLive } from "./verify-live.ts";

export const considerNow = async (run: Run): Promise<Considered> => {
  const { world, request } = run;
  const standing = await readStanding(world.store, request.environment);
  return consider({ shared: world, ports: run.ports, policy: world.policy, request }, standing);
};

/** Null: the lease is needed to answer. */
export async function answerWithoutLease(
  run: Run,
  seen: Considered,
  underLease = false,
): Promise<PartialReport | null> {
  const { decision, plan, facts, continuation, standing } = seen;
  if (continuation.kind === "turn") return null;
  if (decision.reasons.some((reason) => reason.code === "superseded" && reason.kind === "no"))
    return ended({ kind: "overtaken" }, seen);
  if (
    plan &&
    run.ports &&
    decision.reasons.every((reason) => reason.kind === "no") &&
    changesNothing(plan, facts) &&
    onlyPermission(seen)
  ) {
    const verdict = await lookLive(run, seen);
    if (verdict?.status === "yes") {
      await writeCurrent(run.world.store, standing);
      return ended({ kind: "already", verdict }, seen);
    }
  }
  if (decision.allowed || (continuation.kind === "finish" && !isAboutTheCall(seen))) return null;
  const blocking = decision.reasons.filter((reason) => reason.code !== "interrupted");
  if (blocking.length === 0 && !underLease) {
    const lease = await readLease(run.world.store, run.request.environment);
    // Its holder may be at work: the lease tells, with a name.
    if (lease?.state === "held") return null;
  }
  return ended({ kind: "refused" }, seen);
}

/** The call names another plan: that is no reason to turn the open promotion back. */
const isAboutTheCall = ({ decision }: Considered): boolean =>
  decision.reasons.some(({ code, kind }) => code === "plan-moved" && kind === "no");

/** What runs already needs no permission to go on running, only safety. */
const onlyPermission = (seen: Considered): boolean =>
  seen.decision.reasons.every((reason) => permission.has(reason.code));
const permission: ReadonlySet<string> = new Set([
  "soak",
  "freeze",
  "approval",
  "order",
  "ancestry",
  "held",
  "never-ran",
]);

async function lookLive(run: Run, { plan, facts }: Considered): Promise<LiveVerdict | null> {
  const found = foundRelease(facts.release);
  if (!run.ports || !plan || !found) return null;
  const shapeOf = (service: string) => found.release.manifest.services.find((shape) => shape.name === service) ?? null;
  return verifyLive({ ports: run.ports, state: plan.goal, web: found.web, shapeOf, reachable: run.reachable });
}
