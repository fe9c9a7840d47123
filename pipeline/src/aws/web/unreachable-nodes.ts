import { isNodeKey, nodeKey } from "./entry-map.ts";
import type { LiveValue } from "./live-value.ts";

/** A KeyValueStore takes 5 MB; from here on it is swept. */
export const mostStoreBytes = 3_000_000;

/** Keys of values that the pointer does not lead to. */
export function unreachableFrom(live: LiveValue, all: ReadonlyMap<string, string>): readonly string[] {
  const reached = new Set<string>();
  let names = live.bits === 0 ? [] : namesIn(live.files);
  for (let left = live.bits; names.length > 0; left -= stepOf(left)) {
    for (const name of names) reached.add(nodeKey(name));
    const isLeaf = left <= 5;
    names = isLeaf ? [] : names.flatMap((name) => namesIn(all.get(nodeKey(name)) ?? ""));
  }
  return [...all.keys()].filter((key) => isNodeKey(key) && !reached.has(key));
}

const stepOf = (bits: number): number => ((bits - 1) % 5) + 1;
const namesIn = (table: string): readonly string[] => table.match(/.{16}/g) ?? [];
