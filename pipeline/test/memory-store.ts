import { hash } from "node:crypto";
import type { Instant } from "../src/identifiers.ts";
import { judgeConflict } from "../src/ledger/judge-conflict.ts";
import { checkKey, checkPrefix } from "../src/ledger/object-key.ts";
import type { ObjectStore, PutAnswer, StoredObject } from "../src/ports.ts";

interface Entry {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly write: string;
  readonly writtenAt: Instant;
}

/**
 * An object store that keeps the port's contract to the letter, on a clock that the test drives. Etags are by content
 * alone, as S3 has them: equal bytes have equal etags. Each write has a name of its own, as a version has in a bucket.
 */
export class MemoryObjectStore implements ObjectStore {
  readonly address = "memory:";
  readonly #now: () => Instant;
  readonly #entries = new Map<string, Entry>();
  #writes = 0;

  /** The store's own clock; a test may let it differ from those of the runs. */
  constructor(now: () => Instant) {
    this.#now = now;
  }

  async get(key: string): Promise<StoredObject | null> {
    const entry = this.#entries.get(checkKey(key));
    return entry ? { ...entry, body: entry.body.slice(), serverTime: this.#now() } : null;
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    const entry = this.#entries.get(checkKey(key));
    return entry ? this.#judgeConflict(entry, body) : this.#write(key, body);
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    const entry = this.#entries.get(checkKey(key));
    return entry?.etag === etag ? this.#write(key, body) : this.#judgeConflict(entry, body);
  }

  async list(prefix: string, after?: string): Promise<readonly string[]> {
    checkPrefix(prefix);
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
    return keys.filter((key) => after === undefined || key > after).sort();
  }

  async deleteIfMatch(key: string, write: string): Promise<"deleted" | "conflict"> {
    if (this.#entries.get(checkKey(key))?.write !== write) return "conflict";
    this.#entries.delete(key);
    return "deleted";
  }

  /** The same objects once more, on another clock. */
  fork(now: () => Instant): MemoryObjectStore {
    const copy = new MemoryObjectStore(now);
    for (const [key, entry] of this.#entries) copy.#entries.set(key, entry);
    copy.#writes = this.#writes;
    return copy;
  }

  /** What is stored, without asking for it. */
  *entries(): Iterable<readonly [string, Readonly<Entry>]> {
    yield* this.#entries;
  }

  /** Past every condition: what a stranger left there. */
  plant(key: string, body: Uint8Array | string): void {
    this.#write(key, typeof body === "string" ? new TextEncoder().encode(body) : body);
  }

  /** Past every condition: a stranger deleted it. */
  remove(key: string): void {
    this.#entries.delete(key);
  }

  #write(key: string, body: Uint8Array): PutAnswer {
    const etag = `"${hash("md5", body, "hex")}"`;
    this.#writes += 1;
    this.#entries.set(key, { body: body.slice(), etag, write: `w${this.#writes}`, writtenAt: this.#now() });
    return { status: "written", etag, serverTime: this.#now() };
  }

  #judgeConflict(entry: Entry | undefined, body: Uint8Array): PutAnswer {
    return judgeConflict(entry ? { ...entry, serverTime: this.#now() } : null, body);
  }
}
