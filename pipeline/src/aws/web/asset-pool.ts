import * as z from "zod";
import { PortError } from "../../errors.ts";
import type { ObjectStore, Permit } from "../../ports.ts";
import { hexOf } from "../../release/store-keys.ts";
import type { WebFile } from "../../web/file-list.ts";
import { change, eachOf } from "./change.ts";
import { readState, type SeenState, writeState } from "./web-state.ts";

const indexSchema = z.strictObject({
  version: z.literal(1),
  /** Path and the digits of its SHA-256. */
  assets: z.array(z.tuple([z.string(), z.string().regex(/^[0-9a-f]{64}$/)])),
});
type Index = z.infer<typeof indexSchema>;
const empty: Index = { version: 1, assets: [] };

/** By path, the digits of the SHA-256. */
export type Assets = ReadonlyMap<string, string>;

export interface PoolInput {
  /** Of the web's own documents. */
  readonly state: ObjectStore;
  readonly key: string;
  /** Puts an asset where it is served from; never over other bytes. */
  readonly place: (file: WebFile, permit: Permit) => Promise<void>;
}
const mostRounds = 8;

/**
 * Every asset that an environment was ever given. It only grows: a page that somebody opened before a switch still gets its files. What it
 * holds is written in one object after the copies, so that looking costs one request; a copy that the index lacks is met again and compared.
 */
export class AssetPool {
  readonly #input: PoolInput;
  #seen: { readonly state: SeenState<Index>; readonly assets: Assets } | null = null;

  constructor(input: PoolInput) {
    this.#input = input;
  }

  async compare(
    files: readonly WebFile[],
  ): Promise<{ readonly missing: readonly string[]; readonly clashing: readonly string[] }> {
    const assets = await this.#look();
    const missing = files.filter(({ path }) => !assets.has(path)).map(({ path }) => path);
    return { missing, clashing: clashesOf(files, assets) };
  }

  /** As they were seen last: what it held then it holds for ever. */
  async assets(): Promise<Assets> {
    return this.#seen?.assets ?? (await this.#look());
  }

  async add(files: readonly WebFile[], permit: Permit): Promise<void> {
    const assets = await this.assets();
    refuseClash(files, assets);
    const lacking = files.filter(({ path }) => !assets.has(path));
    await eachOf(lacking, (file) => change("web.addAssets", file.path, permit, () => this.#input.place(file, permit)));
    for (let round = 1; !(await this.#record(lacking, permit)); round += 1)
      if (round === mostRounds) throw new PortError("web.addAssets", "none", "others keep writing the pool's index");
  }

  /** False: somebody else has written it meanwhile. */
  async #record(files: readonly WebFile[], permit: Permit): Promise<boolean> {
    const assets = await this.assets();
    refuseClash(files, assets);
    if (files.every(({ path }) => assets.has(path))) return true;
    const all = new Map([...assets, ...files.map((file) => [file.path, hexOf(file.sha256)] as const)]);
    permit.check();
    const { state, key } = this.#input;
    const index = { version: 1 as const, assets: [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)) };
    const written = await writeState(state, key, this.#seen?.state ?? { etag: null }, index);
    this.#seen = written && { state: written, assets: all };
    return written !== null;
  }

  async #look(): Promise<Assets> {
    const state = await readState(this.#input.state, this.#input.key, indexSchema, empty);
    this.#seen = { state, assets: new Map(state.value.assets) };
    return this.#seen.assets;
  }
}

const clashesOf = (files: readonly WebFile[], assets: Assets): readonly string[] =>
  files.filter(({ path, sha256 }) => (assets.get(path) ?? hexOf(sha256)) !== hexOf(sha256)).map(({ path }) => path);

function refuseClash(files: readonly WebFile[], assets: Assets): void {
  const [path] = clashesOf(files, assets);
  if (path !== undefined) throw new PortError("web.addAssets", "none", `the pool holds other bytes under ${path}`);
}

/** Every page that is served finds its assets (I7). @throws PortError */
export function expectAssets(files: readonly WebFile[], assets: Assets): void {
  const lacking = files.find(({ role, path, sha256 }) => role === "asset" && assets.get(path) !== hexOf(sha256));
  if (lacking) throw new PortError("web.switchTo", "none", `the asset ${lacking.path} is not in the pool`);
}
