import { PortError } from "../../src/errors.ts";
import type { Clock, ObjectStore, PutAnswer, StoredObject } from "../../src/ports.ts";
import type { MemoryObjectStore } from "../memory-store.ts";
import type { Dice } from "../simulation/seeded/dice.ts";

/** What may become of a put. The last two are told as a conflict though nobody else was faster. */
const putFaults = ["500-before", "500-after", "409", "late", "412-after", "412-before"] as const;
type Fault = (typeof putFaults)[number] | "unanswered-read" | "stale-get" | "stale-list";

/** What all ways to one store have in common: what was there before, and how often which fault has struck. */
export class StorePast {
  readonly struck = new Map<Fault, number>();
  readonly #before = new Map<string, StoredObject | null>();

  strike(fault: Fault): void {
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
  }
  remember(key: string, stored: StoredObject | null): void {
    this.#before.set(key, stored);
  }
  before(key: string): StoredObject | null {
    return this.#before.get(key) ?? null;
  }
}

/** A process's life: its calls wait while it stands still, and never come back once it is dead. */
export interface Life {
  readonly alive: () => Promise<void>;
  /** Draws whether this is the moment at which it dies or stands still. */
  readonly tempt: () => void;
}
export interface ErraticInput {
  readonly store: MemoryObjectStore;
  readonly past: StorePast;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly life: Life;
  /** Of a call that something goes wrong; 0 once the faults are over. */
  readonly faulty: () => number;
}

const latestMilliseconds = 6_000;

/** One process's way to a store that answers late, wrongly or not at all. */
export class ErraticStore implements ObjectStore {
  readonly address = "erratic:";
  readonly #input: ErraticInput;

  constructor(input: ErraticInput) {
    this.#input = input;
  }

  get(key: string): Promise<StoredObject | null> {
    return this.#read("get", key.endsWith("/lease.json") || key.endsWith("/current.json"), async (isStale) => {
      const { store, past } = this.#input;
      const now = await store.get(key);
      const before = past.before(key);
      if (!isStale || !now || !before) return now;
      past.strike("stale-get");
      return { ...before, serverTime: now.serverTime };
    });
  }
  list(prefix: string, after?: string): Promise<readonly string[]> {
    return this.#read("list", true, async (isStale) => {
      const keys = await this.#input.store.list(prefix, after);
      if (isStale && keys.length > 0) this.#input.past.strike("stale-list");
      return isStale ? keys.slice(0, -1) : keys;
    });
  }
  putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    return this.#put(key, () => this.#input.store.putIfAbsent(key, body));
  }
  putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    return this.#put(key, () => this.#input.store.putIfMatch(key, body, etag));
  }
  deleteIfMatch(key: string, write: string): Promise<"deleted" | "conflict"> {
    return this.#input.store.deleteIfMatch(key, write);
  }

  async #read<T>(call: string, mayBeStale: boolean, read: (isStale: boolean) => Promise<T>): Promise<T> {
    const { dice, life, past, faulty } = this.#input;
    await this.#travel();
    const answer = await read(mayBeStale && dice.chance(faulty() / 2));
    const isLost = dice.chance(faulty() / 10);
    await this.#travel();
    await life.alive();
    if (!isLost) return answer;
    past.strike("unanswered-read");
    throw new PortError(`store.${call}`, "none", "no answer");
  }

  async #put(key: string, put: () => Promise<PutAnswer>): Promise<PutAnswer> {
    const { dice, clock, life, past, faulty } = this.#input;
    const fault = dice.chance(faulty()) ? dice.pick(putFaults) : null;
    if (fault) past.strike(fault);
    life.tempt();
    await life.alive();
    if (fault === "late") void clock.sleep(dice.fraction() * latestMilliseconds).then(() => this.#land(key, put));
    // From here on the request is under way, whatever becomes of its process.
    await this.#travel();
    const isLanded = fault === null || fault === "500-after" || fault === "412-after";
    const answer = isLanded ? await this.#land(key, put) : null;
    await this.#travel();
    life.tempt();
    await life.alive();
    if (fault === "412-after" || fault === "412-before") return { status: "conflict" };
    if (answer && fault === null) return answer;
    throw new PortError("store.put", fault === "409" ? "none" : "possible", fault ?? "no answer");
  }

  async #land(key: string, put: () => Promise<PutAnswer>): Promise<PutAnswer> {
    const before = await this.#input.store.get(key);
    const answer = await put();
    if (answer.status === "written") this.#input.past.remember(key, before);
    return answer;
  }

  #travel(): Promise<void> {
    const { clock, dice } = this.#input;
    return clock.sleep(dice.chance(0.02) ? dice.below(400) : dice.below(10));
  }
}
