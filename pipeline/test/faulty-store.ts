import { PortError } from "../src/errors.ts";
import type { ObjectStore, PutAnswer, StoredObject } from "../src/ports.ts";

/** What goes wrong with a put, and what the store has of it. */
export type PutFault =
  /** The request never arrived. */
  | "request-lost"
  /** It was carried out; nobody was told. */
  | "reply-lost"
  /** It arrives when the test lets it, after the caller has given up on it. */
  | "late"
  /** It was carried out, and a retry below the port made the store answer that something is there already (own 412). */
  | "told-conflict"
  /** The store asks to come again (409, 503). */
  | "refused";

interface Expected {
  readonly key: string;
  readonly fault: PutFault;
}

/** A store whose puts go wrong as a test has ordered, in the order of the orders; everything else goes through. */
export class FaultyStore implements ObjectStore {
  readonly address: string;
  readonly #store: ObjectStore;
  readonly #before: (() => Promise<void>)[] = [];
  #expected: readonly Expected[] = [];
  #late: (() => Promise<PutAnswer>)[] = [];
  #isDown = false;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.address = store.address;
  }

  /** The next put whose key contains this text meets this fault. */
  failNext(key: string, ...faults: readonly PutFault[]): void {
    this.#expected = [...this.#expected, ...faults.map((fault) => ({ key, fault }))];
  }

  /** Runs before the next put is carried out: somebody else is faster. */
  beforeNextPut(act: () => Promise<void>): void {
    this.#before.push(act);
  }

  /** While it is down no call gets an answer, or has an effect. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
  }

  /** Everything that was late arrives now. */
  async deliverLate(): Promise<readonly PutAnswer["status"][]> {
    const late = this.#late;
    this.#late = [];
    const statuses: PutAnswer["status"][] = [];
    for (const put of late) statuses.push((await put()).status);
    return statuses;
  }

  async get(key: string): Promise<StoredObject | null> {
    this.#refuseWhenDown("get");
    return this.#store.get(key);
  }
  async list(prefix: string, after?: string): Promise<readonly string[]> {
    this.#refuseWhenDown("list");
    return this.#store.list(prefix, after);
  }
  async deleteIfMatch(key: string, write: string): Promise<"deleted" | "conflict"> {
    this.#refuseWhenDown("deleteIfMatch");
    return this.#store.deleteIfMatch(key, write);
  }
  putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    return this.#put(key, () => this.#store.putIfAbsent(key, body));
  }
  putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    return this.#put(key, () => this.#store.putIfMatch(key, body, etag));
  }

  async #put(key: string, put: () => Promise<PutAnswer>): Promise<PutAnswer> {
    await this.#before.shift()?.();
    this.#refuseWhenDown("put");
    const expected = this.#expected.find((order) => key.includes(order.key));
    if (!expected) return put();
    this.#expected = this.#expected.filter((order) => order !== expected);
    if (expected.fault === "reply-lost" || expected.fault === "told-conflict") await put();
    if (expected.fault === "told-conflict") return { status: "conflict" };
    if (expected.fault === "late") this.#late.push(put);
    throw new PortError("store.put", expected.fault === "refused" ? "none" : "possible", expected.fault);
  }

  #refuseWhenDown(call: string): void {
    if (this.#isDown) throw new PortError(`store.${call}`, "possible", "no answer");
  }
}
