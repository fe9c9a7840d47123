import { PortError } from "../../errors.ts";
import type { LiveWebLook, ObjectStore, Permit, WebRevision } from "../../ports.ts";
import { entriesOf, type WebFile, type WebFileList } from "../../web/file-list.ts";
import { askAws } from "../aws-error.ts";
import { type AssetPool, expectAssets } from "./asset-pool.ts";
import { change, eachOf } from "./change.ts";
import { bytesOf, contentName } from "./entry-map.ts";
import { type KeyValueStore, mostChanges, type StoreLook } from "./key-value-store.ts";
import { type KnownThere, knownThere } from "./known-there.ts";
import { isKept, type LiveValue, liveKey, neverLive, parseLive, pointTo, revisionOf } from "./live-value.ts";
import { readList } from "./release-list.ts";
import { mostStoreBytes, unreachableFrom } from "./unreachable-nodes.ts";

export interface PointerInput {
  readonly values: KeyValueStore;
  readonly store: ObjectStore;
  readonly pool: AssetPool;
  /** Puts an entry under its content, where no other bytes ever are. */
  readonly place: (file: WebFile, permit: Permit) => Promise<void>;
}
interface Seen {
  readonly store: StoreLook;
  readonly value: LiveValue;
}
/** What a write brings: the pointer, and values that have to be there before it. */
interface Next {
  readonly value: LiveValue;
  readonly nodes: ReadonlyMap<string, string>;
}
const mostRounds = 8;

/**
 * Pages switched by one value of a KeyValueStore, which the edges look at for each request. It is replaced only as it was seen, and carries
 * the epoch of who wrote it: whoever holds an older one is told so.
 */
export class LivePointer {
  readonly #input: PointerInput;
  /** Stands until a write is refused. */
  #seen: Seen | null = null;

  constructor(input: PointerInput) {
    this.#input = input;
  }

  async look(): Promise<LiveWebLook> {
    const { store, value } = await this.#look("web.readLive");
    return { web: revisionOf(value), epoch: value.epoch, etag: store.etag };
  }

  async raiseFence(permit: Permit): Promise<boolean> {
    return await this.#move("web.raiseFence", permit, async ({ value }) => ({
      value: { ...value, epoch: permit.epoch },
      nodes: new Map(),
    }));
  }

  /** False: a later epoch has written. */
  async switchTo(web: WebRevision | null, permit: Permit): Promise<boolean> {
    const list = web && (await readList(this.#input.store, web.digest));
    return await this.#move("web.switchTo", permit, async ({ value }) =>
      web && list
        ? await this.#bring(web, list, value, permit)
        : { value: { ...neverLive, epoch: permit.epoch, kept: value.kept }, nodes: new Map() },
    );
  }

  async #move(call: string, permit: Permit, prepare: (seen: Seen) => Promise<Next>): Promise<boolean> {
    for (let round = 1; round <= mostRounds; round += 1) {
      const seen = this.#seen ?? (await this.#look(call));
      if (seen.value.epoch > permit.epoch) return false;
      const next = await prepare(seen);
      // Refused before, and there all the same: the answer to our own write was lost.
      if (round > 1 && JSON.stringify(next.value) === JSON.stringify(seen.value)) return true;
      this.#seen = await this.#write(call, seen, next, permit);
      if (this.#seen !== null) return true;
    }
    throw new PortError(call, "possible", "others keep writing the KeyValueStore");
  }

  /** The etag is looked at first: what is read after it is at least as new, and a write in between makes ours fail. */
  async #look(call: string): Promise<Seen> {
    const { values } = this.#input;
    this.#seen = await askAws(call, "the KeyValueStore", "reads", async () => {
      const store = await values.look();
      const text = await values.get(liveKey);
      return { store, value: text === null ? neverLive : parseLive(text) };
    });
    return this.#seen;
  }

  /** Everything that the new pages need is there before the pointer says so. */
  async #bring(web: WebRevision, list: WebFileList, before: LiveValue, permit: Permit): Promise<Next> {
    const assets = await this.#input.pool.assets();
    expectAssets(list.files, assets);
    const there = await knownThere(before, this.#input.store, assets);
    if (!isKept(before, web.digest)) await this.#placeEntries(list, there, permit);
    const { value, nodes } = pointTo(web, list, assets, before, permit.epoch);
    return { value, nodes: new Map([...nodes].filter(([key]) => !there.nodes.has(key))) };
  }

  async #placeEntries(list: WebFileList, there: KnownThere, permit: Permit): Promise<void> {
    const lacking = entriesOf(list).filter(({ path, sha256 }) => there.contents.get(path) !== contentName(sha256));
    await eachOf(lacking, (file) => change("web.switchTo", file.path, permit, () => this.#input.place(file, permit)));
  }

  /** Null: something else is there now. */
  async #write(call: string, seen: Seen, { value, nodes }: Next, permit: Permit): Promise<Seen | null> {
    const { values } = this.#input;
    const gone = (await this.#superfluous(call, seen, nodes)).map((key) => [key, null] as const);
    // The pointer is the last of them.
    const all = [...gone, ...nodes, [liveKey, JSON.stringify(value)] as const];
    let store: StoreLook | null = seen.store;
    for (let from = 0; from < all.length && store !== null; from += mostChanges) {
      const at: StoreLook = store;
      const some = all.slice(from, from + mostChanges);
      store = await change(call, "the KeyValueStore", permit, () => values.update(at, some, permit));
    }
    return store && { store, value };
  }

  /** Values of releases long gone, once they take up room. */
  async #superfluous(call: string, { store, value }: Seen, nodes: Next["nodes"]): Promise<readonly string[]> {
    if (store.bytes + bytesOf(nodes) < mostStoreBytes) return [];
    const all = await askAws(call, "the KeyValueStore", "reads", () => this.#input.values.list());
    return unreachableFrom(value, all).filter((key) => !nodes.has(key));
  }
}
