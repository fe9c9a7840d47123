import { mkdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Epoch } from "../../identifiers.ts";
import type { LiveWebLook, ObjectStore, WebRevision } from "../../ports.ts";
import type { WebFile } from "../../web/file-list.ts";
import type { WebState } from "./desired-state.ts";
import { serveWeb } from "./serve-web.ts";
import type { StateKeeper } from "./state-keeper.ts";
import { type PoolComparison, WebPool } from "./web-pool.ts";
import { keepSite, prepareSite, restoreSite, type WebSite } from "./web-site.ts";

const keptInvalidations = 1_000;

/** Pages of an environment: the pool of assets and the pointer to what is live. */
export class HostedWeb {
  readonly #keeper: StateKeeper;
  readonly #store: ObjectStore;
  readonly #lists: string;
  readonly #pool: WebPool;
  #site: WebSite | null = null;

  private constructor(keeper: StateKeeper, store: ObjectStore, lists: string, pool: WebPool) {
    this.#keeper = keeper;
    this.#store = store;
    this.#lists = lists;
    this.#pool = pool;
  }

  static async open(keeper: StateKeeper, store: ObjectStore, folder: string): Promise<HostedWeb> {
    const lists = join(folder, "lists");
    mkdirSync(lists, { recursive: true, mode: 0o700 });
    const web = new HostedWeb(keeper, store, lists, await WebPool.open(folder, store));
    const { revision } = keeper.current.web;
    if (revision) web.#site = await restoreSite(lists, revision);
    return web;
  }

  look(): LiveWebLook {
    const { revision, epoch, version } = this.#keeper.current.web;
    return { web: revision, epoch, etag: `v${version}` };
  }

  compare(files: readonly WebFile[]): PoolComparison {
    return this.#pool.compare(files);
  }
  add(files: readonly WebFile[]): Promise<void> {
    return this.#pool.add(files);
  }

  async raiseFence(epoch: Epoch): Promise<"raised" | "moved"> {
    return (await this.#write(epoch, {})) ? "raised" : "moved";
  }

  /** Everything that the new pages need is here before the pointer moves; the pointer moves in one act. */
  async switchTo(revision: WebRevision | null, epoch: Epoch): Promise<"switched" | "moved"> {
    if (epoch < this.#keeper.current.web.epoch) return "moved";
    const site = revision && (await prepareSite(revision, this.#pool, this.#store));
    if (revision) await keepSite(this.#lists, revision, this.#store);
    const isWritten = await this.#write(epoch, { revision });
    if (isWritten) this.#site = site;
    return isWritten ? "switched" : "moved";
  }

  /** Nothing between this host and a browser keeps a copy; the key is recorded, so that both targets follow one plan. */
  async invalidate(key: string): Promise<void> {
    if (this.isInvalidated(key)) return;
    await this.#change((web) => ({ ...web, invalidations: [...web.invalidations, key].slice(-keptInvalidations) }));
  }
  isInvalidated(key: string): boolean {
    return this.#keeper.current.web.invalidations.includes(key);
  }

  serve(incoming: IncomingMessage, answer: ServerResponse, path: string): Promise<void> {
    return serveWeb(incoming, answer, path, this.#site, this.#pool);
  }

  async #write(epoch: Epoch, part: Partial<WebState>): Promise<boolean> {
    if (epoch < this.#keeper.current.web.epoch) return false;
    await this.#change((web) => ({ ...web, ...part, epoch, version: web.version + 1 }));
    return true;
  }
  #change(update: (web: WebState) => WebState): Promise<void> {
    return this.#keeper.change((state) => ({ ...state, web: update(state.web) }));
  }
}
