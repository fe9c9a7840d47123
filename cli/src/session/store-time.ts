import type { Instant } from "@slipway/pipeline";
import type { Session } from "../session.ts";

/** The store's clock, from whatever it has; our own while it is empty. */
export async function storeTime({ store, clock }: Pick<Session, "store" | "clock">): Promise<Instant> {
  return (await store.get("policy.json"))?.serverTime ?? clock.now();
}
