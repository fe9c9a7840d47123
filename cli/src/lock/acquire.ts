import type { AcquireLease, EnvironmentName, PromotionEvent } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { holderOf, isGone, type Session } from "../session.ts";

/** The lease of an environment for this process; a holder that beats is not waited for. */
export async function acquireFor(call: Call, session: Session, environment: EnvironmentName): Promise<AcquireLease> {
  const { store, clock, random, timing } = session;
  const emit = (event: PromotionEvent): void => call.output.event(event);
  const holder = await holderOf(session);
  return { store, environment, clock, random, timing, holder, isGone, waitMilliseconds: 0, emit };
}
