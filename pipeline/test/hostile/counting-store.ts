import type { ObjectStore } from "../../src/ports.ts";
import type { MemoryObjectStore } from "../memory-store.ts";

/** The same store, with a count of what would have changed it. */
export function countingStore(store: MemoryObjectStore): {
  readonly store: ObjectStore;
  readonly mutations: () => number;
} {
  let made = 0;
  const counted = <Args extends unknown[], Answer>(call: (...args: Args) => Answer) => {
    return (...args: Args): Answer => {
      made += 1;
      return call(...args);
    };
  };
  return {
    store: {
      address: store.address,
      get: (key) => store.get(key),
      list: (prefix, after) => store.list(prefix, after),
      putIfAbsent: counted((key: string, body: Uint8Array) => store.putIfAbsent(key, body)),
      putIfMatch: counted((key: string, body: Uint8Array, etag: string) => store.putIfMatch(key, body, etag)),
      deleteIfMatch: counted((key: string, write: string) => store.deleteIfMatch(key, write)),
    },
    mutations: () => made,
  };
}
