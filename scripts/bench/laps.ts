import { readFileSync } from "node:fs";
import type { CountingStore } from "./counting-store.ts";

/** What one stretch of work cost. */
export interface Lap {
  /** Milliseconds of all threads of this process and the platform's, without their children. */
  readonly processor: number;
  readonly clock: number;
  /** At the object store. */
  readonly calls: number;
  /** Processor time of the dearest round, in ms: a collection of garbage falls into some rounds of a step, and not into others. */
  readonly dearest: number;
}
export type Laps = Readonly<Record<string, Lap>>;

/** Cuts a stretch of work into named laps; equal names are added up. */
export class LapTimer {
  readonly #store: CountingStore;
  readonly #platform: number;
  readonly #laps = new Map<string, Lap>();
  #at: number;
  #processor: number;

  /** `platform`: process id. */
  constructor(store: CountingStore, platform: number) {
    this.#store = store;
    this.#platform = platform;
    store.take();
    this.#at = performance.now();
    this.#processor = this.#processorNow();
  }

  /** What was done since the last lap was this; null: nothing that counts. */
  lap(name: string | null): void {
    const processor = this.#processorNow() - this.#processor;
    const clock = performance.now() - this.#at;
    const calls = this.#store.take().total;
    const before = name === null ? undefined : this.#laps.get(name);
    const all = (before?.processor ?? 0) + processor;
    if (name !== null)
      this.#laps.set(name, {
        processor: all,
        clock: (before?.clock ?? 0) + clock,
        calls: (before?.calls ?? 0) + calls,
        dearest: all,
      });
    this.#processor = this.#processorNow();
    this.#at = performance.now();
  }

  #processorNow(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000 + processorOf(this.#platform);
  }

  get laps(): Laps {
    return Object.fromEntries(this.#laps);
  }
}

/** What Linux counts time in, for any processor. */
const tickMilliseconds = 10;

/** Of another process, in ms, ten at a time; 0 where the system does not tell. */
function processorOf(pid: number): number {
  try {
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.split(" ") ?? [];
    return (Number(fields[12]) + Number(fields[13])) * tickMilliseconds;
  } catch {
    return 0;
  }
}

/** Of each lap the least processor time of any round, with the calls and the clock of that round, and the most. */
export function bestOf(rounds: readonly Laps[]): Laps {
  const best: Record<string, Lap> = {};
  for (const laps of rounds)
    for (const [name, lap] of Object.entries(laps)) {
      const known = best[name] ?? lap;
      const dearest = Math.max(known.dearest, lap.dearest);
      best[name] = { ...(lap.processor < known.processor ? lap : known), dearest };
    }
  return best;
}
