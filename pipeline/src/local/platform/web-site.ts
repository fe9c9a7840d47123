import { join } from "node:path";
import type { Digest } from "../../identifiers.ts";
import type { ObjectStore, WebRevision } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";
import { type WebFileList, webFileListSchema } from "../../web/file-list.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";
import { OrderRefused } from "./refusals.ts";
import { readBlob, type WebPool } from "./web-pool.ts";

/** The entries of one web release, ready to be served without the store. */
export interface WebSite {
  readonly revision: WebRevision;
  readonly entries: ReadonlyMap<string, Digest>;
  readonly fallback: string | null;
}
export interface ServedFile {
  readonly path: string;
  readonly digest: Digest;
  readonly kind: "entry" | "asset";
}

/** @throws OrderRefused when the list, an entry or an asset of it is not there: such a site is never switched to. */
export async function prepareSite(revision: WebRevision, pool: WebPool, store: ObjectStore): Promise<WebSite> {
  const list = parseList(await readBlob(store, revision.digest));
  const { missing, clashing } = pool.compare(list.files.filter(({ role }) => role === "asset"));
  const bad = missing[0] ?? clashing[0];
  if (bad !== undefined) throw new OrderRefused(`the asset ${bad} is not in the pool`);
  await pool.keepBytes(entriesOf(list).map(([, digest]) => digest));
  return siteOf(revision, list);
}

const listFile = (folder: string, digest: Digest): string => join(folder, `${digest.slice("sha256:".length)}.json`);

/** Keeps the list beside the pool, so that a restart needs nothing of the store. */
export async function keepSite(folder: string, revision: WebRevision, store: ObjectStore): Promise<void> {
  const text = new TextDecoder().decode(await readBlob(store, revision.digest));
  await writeDurably(listFile(folder, revision.digest), text);
}

export async function restoreSite(folder: string, revision: WebRevision): Promise<WebSite> {
  const text = await readIfThere(listFile(folder, revision.digest));
  if (text === null || sha256(text) !== revision.digest) throw new Error(`the list of web ${revision.sha} is lost`);
  return siteOf(revision, parseList(new TextEncoder().encode(text)));
}

/** The file that answers a path; null: there is none. `wantsPage`: a navigation, which the fallback may answer. */
export function findFile(site: WebSite | null, pool: WebPool, path: string, wantsPage: boolean): ServedFile | null {
  const entry = site?.entries.get(path);
  if (entry) return { path, digest: entry, kind: "entry" };
  // The pool is asked whatever is live: a page from before a switch still resolves its own files.
  const asset = pool.assetAt(path);
  if (asset) return { path, digest: asset, kind: "asset" };
  const fallback = site?.fallback ?? null;
  const digest = fallback === null ? undefined : site?.entries.get(fallback);
  if (!wantsPage || fallback === null || !digest) return null;
  return { path: fallback, digest, kind: "entry" };
}

const parseList = (bytes: Uint8Array): WebFileList =>
  webFileListSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
const entriesOf = (list: WebFileList): readonly (readonly [string, Digest])[] =>
  list.files.filter(({ role }) => role === "entry").map(({ path, sha256: digest }) => [path, digest] as const);
const siteOf = (revision: WebRevision, list: WebFileList): WebSite => ({
  revision,
  entries: new Map(entriesOf(list)),
  fallback: list.fallback,
});
