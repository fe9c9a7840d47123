import { hash } from "node:crypto";
import type { LeaseTiming } from "../../src/ledger/lease.ts";
import type { CallSeen } from "./faults.ts";

/** A run as it went: its calls, the world before each that reached it (without the lease), and how it ended. */
export interface Course {
  readonly calls: readonly CallSeen[];
  readonly worlds: ReadonlyMap<number, string>;
  readonly end: string;
}

/**
 * Ways on that were seen, from one call to the end of its run: the same calls in the same worlds, remembered alike, and the same end. A fault on
 * such a way is tried once, whichever run came by there first, and however it got there.
 */
export class Courses {
  /** How many more faults are tried on each. */
  readonly #tried = new Map<string, number>();
  readonly #timing: LeaseTiming;

  constructor(timing: LeaseTiming) {
    this.#timing = timing;
  }

  /** The calls after `last` at which so many more faults lead somewhere new; takes for granted that they are then tried. */
  freshCalls({ calls, worlds, end }: Course, last: number, faults: number): ReadonlySet<number> {
    const fresh = new Set<number>();
    const beats = calls.filter(({ name, answeredAt }) => isBeat(name) && answeredAt !== null);
    let way = end;
    for (const seen of calls.slice(last).toReversed()) {
      const { call, name, before } = seen;
      const remembered = `${sufferedBefore(call, calls) ?? ""}\0${ageOfBeat(seen, beats, this.#timing)}`;
      const world = worlds.get(call) ?? "not reached";
      const step = `${name.replace(/history\/\d+/, "history")}\0${before ?? ""}\0${world}\0${remembered}`;
      if (isOfLease(name)) {
        const place = placeOf(call, calls);
        if (place !== null && this.#isNew(hash("md5", `${way}\0${step}\0${place}`, "base64"), faults)) fresh.add(call);
        continue;
      }
      way = hash("md5", `${way}\0${step}`, "base64");
      if (this.#isNew(way, faults)) fresh.add(call);
    }
    return fresh;
  }

  #isNew(way: string, faults: number): boolean {
    if ((this.#tried.get(way) ?? -1) >= faults) return false;
    this.#tried.set(way, faults);
    return true;
  }
}

/** Beats come when their time has come, so they are no part of a way: they are tried beside it. */
const isOfLease = (name: string): boolean => name.endsWith("/lease.json");
const isBeat = (name: string): boolean => isOfLease(name) && name.startsWith("store.put");

/** What befell the same call, if it was made just before, so that this one is made once more; null: nothing, or it was not. */
function sufferedBefore(call: number, calls: readonly CallSeen[]): CallSeen["suffered"] {
  const { name = "" } = calls[call - 1] ?? {};
  let at = call - 2;
  // Beats that come between are no part of the way.
  while (!isOfLease(name) && isOfLease(calls[at]?.name ?? "")) at -= 1;
  const previous = calls[at];
  return previous?.name === name ? previous.suffered : null;
}

/** How many beats ago the last one that was answered had been sent, as this call was made; past S all are one. */
function ageOfBeat({ madeAt }: CallSeen, beats: readonly CallSeen[], timing: LeaseTiming): number | "never" {
  const last = beats.findLast((beat) => (beat.answeredAt ?? Number.POSITIVE_INFINITY) <= madeAt);
  if (!last) return "never";
  const age = Math.min(madeAt - last.madeAt, timing.staleMilliseconds);
  return Math.floor(age / timing.beatMilliseconds);
}

/**
 * While one call is slow the lease beats a dozen times, in one world: the first and the last of them have the most and the least of the slowness
 * before them, and with one from the middle stand for all. Null: another.
 */
function placeOf(call: number, calls: readonly CallSeen[]): string | null {
  const { name } = calls[call - 1] ?? {};
  const isLike = (other: number): boolean => calls[other - 1]?.name === name;
  let [first, last] = [call, call];
  while (isLike(first - 1)) first -= 1;
  while (isLike(last + 1)) last += 1;
  const middle = Math.floor((first + last) / 2);
  return [first, middle, last].includes(call) ? `${call - first} of ${last - first}` : null;
}
