import { hash } from "node:crypto";
import type { CallSeen } from "./faults.ts";

/** A run as it went: its calls, the world before each that reached it (without the lease), and how it ended. */
export interface Course {
  readonly calls: readonly CallSeen[];
  readonly worlds: ReadonlyMap<number, string>;
  readonly end: string;
}

/**
 * Ways on that were seen, from one call to the end of its run: the same calls in the same worlds, and the same end. A fault on such a way is
 * tried once, whichever run came by there first, and however it got there.
 */
export class Courses {
  /** How many more faults are tried on each. */
  readonly #tried = new Map<string, number>();

  /** The calls after `last` at which so many more faults lead somewhere new; takes for granted that they are then tried. */
  freshCalls({ calls, worlds, end }: Course, last: number, faults: number): ReadonlySet<number> {
    const fresh = new Set<number>();
    let way = end;
    for (const { call, name, before } of calls.slice(last).toReversed()) {
      const step = `${name.replace(/history\/\d+/, "history")}\0${before ?? ""}\0${worlds.get(call) ?? "not reached"}`;
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

/**
 * While one call is slow the lease beats a dozen times, in one world: the first and the last of them have the most and the least of the slowness
 * before them, and stand for those between. Null: between.
 */
function placeOf(call: number, calls: readonly CallSeen[]): string | null {
  const { name } = calls[call - 1] ?? {};
  const isLike = (other: number): boolean => calls[other - 1]?.name === name;
  if (isLike(call - 1) && isLike(call + 1)) return null;
  let [first, last] = [call, call];
  while (isLike(first - 1)) first -= 1;
  while (isLike(last + 1)) last += 1;
  return `${call - first} of ${last - first}`;
}
