import { setImmediate } from "node:timers/promises";
import type { Instant } from "../src/identifiers.ts";
import type { Clock } from "../src/ports.ts";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Rounds of the event loop after which a promise that nobody sleeps for is taken to hang. */
const patienceRounds = 1_000;

/**
 * Time that passes only when a test says so, or, in `run`, when everybody sleeps. The order is always the same: by time,
 * then by who went to sleep first.
 */
export class VirtualClock implements Clock {
  #monotonic = 0;
  #wall: number;
  #sleepers: Sleeper[] = [];
  /** What `now` said last, since most ask again before any time has passed. */
  #shown: { readonly wall: number; readonly text: Instant } | null = null;

  constructor(start = "2026-11-19T12:00:00.000Z") {
    this.#wall = Date.parse(start);
  }

  /** A clock that shows the same time; nobody sleeps on it. */
  fork(): VirtualClock {
    const copy = new VirtualClock();
    copy.#monotonic = this.#monotonic;
    copy.#wall = this.#wall;
    return copy;
  }

  now(): Instant {
    if (this.#shown?.wall !== this.#wall)
      this.#shown = { wall: this.#wall, text: new Date(this.#wall).toISOString() as Instant };
    return this.#shown.text;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { due: this.#monotonic + Math.max(0, milliseconds), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets this much time pass, waking whoever is due on the way. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds;
    await setImmediate();
    for (let next = this.#next(); next && next.due <= end; next = this.#next()) {
      this.#wake(next);
      await setImmediate();
    }
    this.#pass(end - this.#monotonic);
  }

  /** Runs a promise to its end; time jumps to the next sleeper whenever nothing else happens. */
  async run<T>(running: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    running.then(settle, settle);
    for (let idle = 0; !isSettled && idle < patienceRounds; ) {
      await setImmediate();
      const next = this.#next();
      if (isSettled) break;
      idle = next ? 0 : idle + 1;
      if (next) this.#wake(next);
    }
    if (!isSettled) throw new Error("it waits for something, and nobody sleeps");
    return running;
  }

  /** Time passes for the world and the wall clock; the monotonic clock and all who sleep on it stand still (R3). */
  suspend(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  /** Somebody sets the wall clock; negative: back. */
  setWall(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  #next(): Sleeper | undefined {
    // Of those that are due together the first to go to sleep comes first.
    let next = this.#sleepers[0];
    for (const sleeper of this.#sleepers) if (next && sleeper.due < next.due) next = sleeper;
    return next;
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    this.#pass(Math.max(0, sleeper.due - this.#monotonic));
    sleeper.wake();
  }

  #pass(milliseconds: number): void {
    this.#monotonic += milliseconds;
    this.#wall += milliseconds;
  }
}
