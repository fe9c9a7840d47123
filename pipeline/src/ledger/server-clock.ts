import type { Instant } from "../identifiers.ts";
import type { Clock } from "../ports.ts";
import { plusMilliseconds } from "./instants.ts";

/** The store's time as far as it is known here: that of its last answer, and what has passed on our clock since. */
export class ServerClock {
  readonly #clock: Clock;
  #answer: { readonly at: Instant; readonly heard: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  heard(serverTime: Instant): void {
    this.#answer = { at: serverTime, heard: this.#clock.monotonic() };
  }

  /** Of the last answer, nothing added; null: none yet. */
  get lastAnswer(): Instant | null {
    return this.#answer?.at ?? null;
  }

  /** Our own time until the store has answered once. */
  now(): Instant {
    if (!this.#answer) return this.#clock.now();
    return plusMilliseconds(this.#answer.at, Math.max(0, Math.floor(this.#clock.monotonic() - this.#answer.heard)));
  }
}
