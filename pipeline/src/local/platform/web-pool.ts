import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { access, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Digest } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";
import { blobKey } from "../../release/store-keys.ts";
import type { WebFile } from "../../web/file-list.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";
import { digestField } from "./fields.ts";
import { OrderRefused } from "./refusals.ts";

const indexSchema = z.strictObject({ version: z.literal(1), assets: z.array(z.tuple([z.string(), digestField])) });
const copiesAtOnce = 16;

export interface PoolComparison {
  readonly missing: readonly string[];
  readonly clashing: readonly string[];
}

/**
 * Every asset that an environment was ever given, by path, and the bytes by content. It only grows, and holds copies of
 * its own: a page that somebody opened before a switch still gets its files, whatever was collected from the store since.
 */
export class WebPool {
  readonly #folder: string;
  readonly #store: ObjectStore;
  readonly #paths: Map<string, Digest>;

  private constructor(folder: string, store: ObjectStore, paths: Map<string, Digest>) {
    this.#folder = folder;
    this.#store = store;
    this.#paths = paths;
  }

  static async open(folder: string, store: ObjectStore): Promise<WebPool> {
    mkdirSync(join(folder, "files"), { recursive: true, mode: 0o700 });
    const text = await readIfThere(join(folder, "index.json"));
    const assets = text === null ? [] : indexSchema.parse(JSON.parse(text)).assets;
    return new WebPool(folder, store, new Map(assets));
  }

  assetAt(path: string): Digest | null {
    return this.#paths.get(path) ?? null;
  }

  compare(files: readonly WebFile[]): PoolComparison {
    const missing = files.filter(({ path }) => !this.#paths.has(path)).map(({ path }) => path);
    const clashing = files.filter(({ path, sha256: digest }) => (this.#paths.get(path) ?? digest) !== digest);
    return { missing, clashing: clashing.map(({ path }) => path) };
  }

  /** @throws OrderRefused when a name holds other bytes already, or the store lacks a blob; nothing is named then. */
  async add(files: readonly WebFile[]): Promise<void> {
    const { missing, clashing } = this.compare(files);
    if (clashing.length > 0) throw new OrderRefused(`the pool holds other bytes under ${clashing[0]}`);
    const lacking = new Set(missing);
    const added = files.filter(({ path }) => lacking.has(path));
    if (added.length === 0) return;
    await this.keepBytes(added.map((file) => file.sha256));
    for (const file of added) this.#paths.set(file.path, file.sha256);
    const index = { version: 1, assets: [...this.#paths] };
    await writeDurably(join(this.#folder, "index.json"), JSON.stringify(index));
  }

  fileOf(digest: Digest): string {
    return join(this.#folder, "files", digest.slice("sha256:".length));
  }

  /** Copies blobs of the store into this environment, verified. */
  async keepBytes(digests: readonly Digest[]): Promise<void> {
    const waiting = [...new Set(digests)];
    const copyNext = async (): Promise<void> => {
      for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) await this.#keepOne(digest);
    };
    await Promise.all(Array.from({ length: Math.min(copiesAtOnce, waiting.length) }, copyNext));
  }

  async #keepOne(digest: Digest): Promise<void> {
    const path = this.fileOf(digest);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    const bytes = await readBlob(this.#store, digest);
    const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    await writeFile(temporary, bytes, { mode: 0o600, flush: true });
    await rename(temporary, path);
  }
}

/** @throws OrderRefused when the store lacks it or its bytes are others. */
export async function readBlob(store: ObjectStore, digest: Digest): Promise<Uint8Array> {
  const stored = await store.get(blobKey(digest));
  if (!stored) throw new OrderRefused(`blob ${digest} is not in the store`);
  if (sha256(stored.body) !== digest) throw new OrderRefused(`blob ${digest} has other bytes`);
  return stored.body;
}
