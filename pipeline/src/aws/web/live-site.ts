import * as z from "zod";
import { PortError } from "../../errors.ts";
import { type Digest, digestPattern, type Sha, shaPattern } from "../../identifiers.ts";
import type { LiveWebLook, ObjectStore, Permit, WebRevision } from "../../ports.ts";
import { type WebFile, type WebFileList, webPathPattern } from "../../web/file-list.ts";
import { mayBePage } from "../../web/media-type.ts";
import { type AssetPool, expectAssets } from "./asset-pool.ts";
import { change, eachOf } from "./change.ts";
import { planCopies } from "./plan-copies.ts";
import { readList } from "./release-list.ts";
import { readState, type SeenState, writeState } from "./web-state.ts";

const path = z.string().regex(webPathPattern);
const siteSchema = z.strictObject({
  version: z.literal(1),
  epoch: z.number().int().nonnegative(),
  /** Null also while entries are under way: what is served is then no release's. */
  web: z
    .strictObject({
      sha: z
        .string()
        .regex(shaPattern)
        .transform((text) => text as Sha),
      digest: z
        .string()
        .regex(digestPattern)
        .transform((text) => text as Digest),
    })
    .nullable(),
  entries: z.array(z.tuple([path, z.string().regex(/^[0-9a-f]{64}$/)])),
  underWay: z.array(path),
});
type Site = z.infer<typeof siteSchema>;
const neverLive: Site = { version: 1, epoch: 0, web: null, entries: [], underWay: [] };
const key = "live.json";
const mostRounds = 8;
const none: WebFileList = { version: 1, fallback: null, files: [] };

export interface SiteInput {
  readonly state: ObjectStore;
  readonly store: ObjectStore;
  readonly pool: AssetPool;
  /** Puts a file over whatever is there. */
  readonly placeOver: (file: WebFile, permit: Permit) => Promise<void>;
}

/**
 * Pages switched by copying entries over those that are served, for a CDN that has no key-value store. The copies take no precondition; what
 * tells their truth is `live.json`, which is replaced only as it was seen, by an epoch that is not older. Before the first copy it says which
 * paths are under way, after the last one what is live: a run that is killed in between leaves nobody in doubt about the others.
 */
export class LiveSite {
  readonly #input: SiteInput;
  /** Stands until a write is refused. */
  #seen: SeenState<Site> | null = null;

  constructor(input: SiteInput) {
    this.#input = input;
  }

  async look(): Promise<LiveWebLook> {
    const { etag, value } = await this.#look();
    return { web: value.web, epoch: value.epoch, etag: etag ?? "" };
  }

  /** Paths that are an entry's, and not the pool's to write. */
  async takenPaths(): Promise<ReadonlySet<string>> {
    const { value } = this.#seen ?? (await this.#look());
    return new Set([...value.entries.map(([one]) => one), ...value.underWay]);
  }

  async raiseFence(permit: Permit): Promise<boolean> {
    return await this.#move("web.raiseFence", permit, (seen) =>
      this.#write("web.raiseFence", seen, seen.value, permit),
    );
  }

  /** False: a later epoch has written. */
  async switchTo(web: WebRevision | null, permit: Permit): Promise<boolean> {
    return await this.#move("web.switchTo", permit, (seen) => this.#bring(web, seen, permit));
  }

  /** Null: something else is there now. */
  async #bring(web: WebRevision | null, seen: SeenState<Site>, permit: Permit): Promise<SeenState<Site> | null> {
    const list = web ? await readList(this.#input.store, web.digest) : none;
    const assets = await this.#input.pool.assets();
    expectAssets(list.files, assets);
    const inPlace = { entries: Object.fromEntries(seen.value.entries), underWay: seen.value.underWay };
    const { copies, after } = planCopies(list, inPlace, assets);
    const begun = copies.length === 0 ? seen : await this.#begin(seen, copies, permit);
    if (begun === null) return null;
    await this.#copy(copies, permit);
    const live = { ...begun.value, web, entries: Object.entries(after.entries), underWay: [...after.underWay] };
    return await this.#write("web.switchTo", begun, live, permit);
  }

  #begin(seen: SeenState<Site>, copies: readonly WebFile[], permit: Permit): Promise<SeenState<Site> | null> {
    const underWay = [...new Set([...seen.value.underWay, ...copies.map((file) => file.path)])].toSorted();
    return this.#write("web.switchTo", seen, { ...seen.value, web: null, underWay }, permit);
  }

  /** Pages last: they never name what is not there yet. */
  async #copy(copies: readonly WebFile[], permit: Permit): Promise<void> {
    for (const isTurn of [(file: WebFile) => !mayBePage(file.path), (file: WebFile) => mayBePage(file.path)])
      await eachOf(copies.filter(isTurn), (file) =>
        change("web.switchTo", file.path, permit, () => this.#input.placeOver(file, permit)),
      );
  }

  async #move(
    call: string,
    permit: Permit,
    act: (seen: SeenState<Site>) => Promise<SeenState<Site> | null>,
  ): Promise<boolean> {
    for (let round = 1; round <= mostRounds; round += 1) {
      const seen = this.#seen ?? (await this.#look());
      if (seen.value.epoch > permit.epoch) return false;
      this.#seen = null;
      this.#seen = await act(seen);
      if (this.#seen !== null) return true;
    }
    throw new PortError(call, "possible", `others keep writing ${key}`);
  }

  async #write(call: string, seen: SeenState<Site>, value: Site, permit: Permit): Promise<SeenState<Site> | null> {
    const sorted = value.entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    const next = { ...value, epoch: permit.epoch, entries: sorted };
    return await change(call, key, permit, () => writeState(this.#input.state, key, seen, next));
  }

  async #look(): Promise<SeenState<Site>> {
    this.#seen = await readState(this.#input.state, key, siteSchema, neverLive);
    return this.#seen;
  }
}
