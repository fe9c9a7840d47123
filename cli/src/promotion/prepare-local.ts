import { isOvertaken, type ObjectStore, type PromotionRequest, readTarget, runningOf } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { type Session, withTarget } from "../session.ts";
import { type Look, lookAtRequest } from "./look.ts";

/**
 * Before a promotion on this machine: its target is described and the platform runs. A request that is refused whatever
 * the platform says changes and starts nothing; then the store only looks as if the target were there. On AWS there is nothing to prepare.
 */
export async function prepareLocal(call: Call, session: Session, request: PromotionRequest): Promise<Prepared> {
  if (session.isOnAws) return { store: session.store, revive: async () => null };
  const look = await lookAtRequest(session, request);
  if (isRefusedAnyway(look)) return { store: await withTarget(session, request.environment), revive: async () => null };
  const start = await startEnvironment(call, session, look);
  return { store: session.store, revive: start };
}

interface Prepared {
  readonly store: ObjectStore;
  /** Starts the platform again, which was killed while it was needed. Answers what to say of it; null: nothing. */
  readonly revive: () => Promise<string | null>;
}

function isRefusedAnyway({ decision, continuation, standing, request }: Look): boolean {
  if (isOvertaken(decision)) return true;
  if (continuation.kind !== "new") return false;
  const runsAlready = request.action === "promote" && runningOf(standing)?.sha === request.sha;
  return !runsAlready && decision.reasons.some((reason) => reason.kind === "no");
}

async function startEnvironment(call: Call, session: Session, { request, target }: Look): Promise<Prepared["revive"]> {
  const { config, store, root, storeFolder } = session;
  const { environment } = request;
  const { ensureLocalTarget, startPlatform } = await import("@slipway/pipeline/local");
  const isOurs = config?.environments.some(({ name }) => name === environment) === true;
  if (config && isOurs) await ensureLocalTarget(store, config, environment);
  const stored = await readTarget(store, environment);
  const port = Number(new URL(stored?.target.url ?? target?.target.url ?? "http://127.0.0.1:0").port);
  if (port === 0) return async () => null;
  const environments = [{ name: environment, port }];
  const start = async (what: string): Promise<string | null> => {
    const started = await startPlatform({ root, ...(storeFolder ? { storeFolder } : {}), environments });
    return started.started ? `Started the platform of this machine, pid ${started.pid}; it ${what}.` : null;
  };
  const said = await start("was down");
  if (said !== null) call.output.say(said);
  return () => start("was killed");
}
