import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../identifiers.ts";
import type { Clock } from "../ports.ts";

/** This machine's clocks. */
export const systemClock: Clock = {
  now: () => new Date().toISOString() as Instant,
  monotonic: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      await sleep(milliseconds, undefined, signal ? { signal } : {});
    } catch (error) {
      // Node rejects with an error of its own; the contract is the signal's reason.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
