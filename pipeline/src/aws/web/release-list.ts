import { PortError } from "../../errors.ts";
import type { Digest } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { readWebList } from "../../release/read-release.ts";
import { entriesOf, type WebFileList } from "../../web/file-list.ts";
import { mayBePage } from "../../web/media-type.ts";
import type { Assets } from "./asset-pool.ts";
import { contentName, type MappedFiles } from "./entry-map.ts";

/** @throws PortError when the store has it no more, or other bytes */
export async function readList(store: ObjectStore, digest: Digest): Promise<WebFileList> {
  const look = await readWebList(store, digest);
  if (look.status === "parsed") return look.value;
  throw new PortError("web.switchTo", "none", look.because);
}

/**
 * What an edge has to know of a release: its entries. Every other path is the pool's, where what is missing is missing; only where a fallback
 * answers navigations must an asset be known beforehand whose name could be a page's.
 */
export function mappedFilesOf(list: WebFileList, assets: Assets): MappedFiles {
  const entries = entriesOf(list).map(({ path, sha256 }) => [path, contentName(sha256)] as const);
  const pages = list.fallback === null ? [] : [...assets.keys()].filter(mayBePage).map((path) => [path, ""] as const);
  return new Map([...pages, ...entries]);
}
