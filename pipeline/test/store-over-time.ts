import type { Instant } from "../src/identifiers.ts";
import type { ObjectStore } from "../src/ports.ts";
import { collect } from "../src/release/collection/collect.ts";
import { publishRelease } from "../src/release/publish-release.ts";
import type { ReleaseDraft } from "../src/release/release-draft.ts";
import { instantOf } from "./builders.ts";
import { aShelf } from "./draft-builder.ts";
import { MemoryObjectStore } from "./memory-store.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const shelfOfAll = aShelf("// server\n", "// other\n");
const noImages = { list: async () => [], remove: async () => "conflict" as const };

/** A store whose time passes when it is told to, publishers and collectors. Clocks of machines stand still. */
export class StoreOverTime {
  #at = Date.parse(instantOf("2026-11-01T00:00"));
  #nonces = 0;
  readonly store = new MemoryObjectStore(() => new Date(this.#at).toISOString() as Instant);

  pass(milliseconds: number): void {
    this.#at += milliseconds;
  }
  async publish(draft: ReleaseDraft, store: ObjectStore = this.store) {
    const nonce = (): string => {
      this.#nonces += 1;
      return String(this.#nonces).padStart(32, "0");
    };
    const random = { nonce, fraction: () => 0.5 };
    const ports = { store, shelf: shelfOfAll, clock: new VirtualClock(), random, redact: (text: string) => text };
    return await publishRelease(ports, draft, 1);
  }
  collect(store: ObjectStore = this.store) {
    return collect({ store, images: noImages, window: 1 });
  }
  /** The store as one machine sees it, with some of its calls changed. */
  through(calls: Partial<ObjectStore>): ObjectStore {
    const { store } = this;
    return {
      address: store.address,
      get: (key) => store.get(key),
      list: (prefix, after) => store.list(prefix, after),
      putIfAbsent: (key, body) => store.putIfAbsent(key, body),
      putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
      deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
      ...calls,
    };
  }
}
