import { PortError } from "../src/errors.ts";
import type { ObjectStore } from "../src/ports.ts";

/** What happens at one call: the process dies before or after it, or only the call fails, without or with its effect. */
export type Failure = "crash-before" | "crash-after" | "error-before" | "error-after";
export const failures: readonly Failure[] = ["crash-before", "crash-after", "error-before", "error-after"];

/** Fails at the call with this number, counted from 0; a crashed one answers nothing any more. */
export function failingStore(store: ObjectStore, at: number, failure: Failure): ObjectStore & { calls(): number } {
  let calls = 0;
  let crashed = false;
  const guard = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const call = calls++;
    if (crashed) throw new PortError(name, "none", "the process is gone");
    if (call !== at) return await act();
    crashed = failure.startsWith("crash");
    if (failure.endsWith("after")) await act();
    throw new PortError(name, "possible", failure);
  };
  return {
    address: store.address,
    calls: () => calls,
    get: (key) => guard("get", () => store.get(key)),
    putIfAbsent: (key, body) => guard("putIfAbsent", () => store.putIfAbsent(key, body)),
    putIfMatch: (key, body, etag) => guard("putIfMatch", () => store.putIfMatch(key, body, etag)),
    list: (prefix, after) => guard("list", () => store.list(prefix, after)),
    deleteIfMatch: (key, write) => guard("deleteIfMatch", () => store.deleteIfMatch(key, write)),
  };
}
