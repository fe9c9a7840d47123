import type { Instant, ObjectStore, PutAnswer, StoredObject } from "@slipway/pipeline";

/** A store as it would be after some writes that were not made: who only looks sees the target that a promotion makes. */
export class OverlayStore implements ObjectStore {
  readonly #base: ObjectStore;
  readonly #written = new Map<string, StoredObject>();

  constructor(base: ObjectStore) {
    this.#base = base;
  }

  get address(): string {
    return this.#base.address;
  }

  /** From here on it reads what was imagined, and writes for real. */
  seal(): ObjectStore {
    const base = this.#base;
    return {
      address: base.address,
      get: (key) => this.get(key),
      list: (prefix, after) => base.list(prefix, after),
      putIfAbsent: (key, body) => base.putIfAbsent(key, body),
      putIfMatch: (key, body, etag) => base.putIfMatch(key, body, etag),
      deleteIfMatch: (key, write) => base.deleteIfMatch(key, write),
    };
  }

  async get(key: string): Promise<StoredObject | null> {
    return this.#written.get(key) ?? this.#base.get(key);
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    const found = await this.get(key);
    if (found) return Buffer.compare(found.body, body) === 0 ? this.#answer(found) : { status: "conflict" };
    return this.#keep(key, body);
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    return (await this.get(key))?.etag === etag ? this.#keep(key, body) : { status: "conflict" };
  }

  list(prefix: string, after?: string): Promise<readonly string[]> {
    return this.#base.list(prefix, after);
  }

  async deleteIfMatch(): Promise<"conflict"> {
    return "conflict";
  }

  #keep(key: string, body: Uint8Array): PutAnswer {
    const at = new Date().toISOString() as Instant;
    const etag = `"imagined-${this.#written.size + 1}"`;
    const stored = { body, etag, write: etag, writtenAt: at, serverTime: at };
    this.#written.set(key, stored);
    return this.#answer(stored);
  }

  #answer({ etag, serverTime }: StoredObject): PutAnswer {
    return { status: "written", etag, serverTime };
  }
}
