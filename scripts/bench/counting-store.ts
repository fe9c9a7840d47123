import type { ObjectStore } from "../../pipeline/src/ports.ts";
import { WaitTimer } from "./measure.ts";

type Operation = "get" | "list" | "putIfAbsent" | "putIfMatch" | "deleteIfMatch";
interface Call {
  readonly operation: Operation;
  readonly key: string;
}

/** Calls of a stretch of work at the object store's port; one `list` is one call, however long its answer. */
export class StoreCalls {
  readonly #calls: readonly Call[];
  /** During which at least one of them was under way. */
  readonly milliseconds: number;

  constructor(calls: readonly Call[], milliseconds: number) {
    this.#calls = calls;
    this.milliseconds = milliseconds;
  }

  get total(): number {
    return this.#calls.length;
  }
  get writes(): number {
    return this.count("putIfAbsent") + this.count("putIfMatch") + this.count("deleteIfMatch");
  }
  count(operation: Operation, keyPart = ""): number {
    return this.#calls.filter((call) => call.operation === operation && call.key.includes(keyPart)).length;
  }

  /** `get 12, putIfAbsent 3`. */
  toString(): string {
    const operations = ["get", "list", "putIfAbsent", "putIfMatch", "deleteIfMatch"] as const;
    const counted = operations.map((operation) => [operation, this.count(operation)] as const);
    return counted.flatMap(([operation, count]) => (count === 0 ? [] : [`${operation} ${count}`])).join(", ") || "none";
  }
}

/** Counts every call on its way to another store. */
export class CountingStore implements ObjectStore {
  readonly address: string;
  readonly #store: ObjectStore;
  readonly #waiting = new WaitTimer();
  /** Told of each call before it is made. */
  onCall: ((operation: Operation, key: string) => void) | null = null;
  #calls: Call[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
    this.address = store.address;
  }

  /** What was called since it was last asked. */
  take(): StoreCalls {
    const calls = new StoreCalls(this.#calls, this.#waiting.take());
    this.#calls = [];
    return calls;
  }

  get: ObjectStore["get"] = (key) => this.#counted("get", key, () => this.#store.get(key));
  list: ObjectStore["list"] = (prefix, after) => this.#counted("list", prefix, () => this.#store.list(prefix, after));
  putIfAbsent: ObjectStore["putIfAbsent"] = (key, body) =>
    this.#counted("putIfAbsent", key, () => this.#store.putIfAbsent(key, body));
  putIfMatch: ObjectStore["putIfMatch"] = (key, body, etag) =>
    this.#counted("putIfMatch", key, () => this.#store.putIfMatch(key, body, etag));
  deleteIfMatch: ObjectStore["deleteIfMatch"] = (key, etag) =>
    this.#counted("deleteIfMatch", key, () => this.#store.deleteIfMatch(key, etag));

  #counted<T>(operation: Operation, key: string, call: () => Promise<T>): Promise<T> {
    this.onCall?.(operation, key);
    this.#calls.push({ operation, key });
    return this.#waiting.around(call);
  }
}
