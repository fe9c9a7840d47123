import type { ObjectStore } from "../../ports.ts";
import { readWebList } from "../../release/read-release.ts";
import type { Assets } from "./asset-pool.ts";
import { type MappedFiles, mapEntries, mostTableBytes } from "./entry-map.ts";
import type { LiveValue } from "./live-value.ts";
import { mappedFilesOf } from "./release-list.ts";

/** What is certainly in place, since what is live needs it. */
export interface KnownThere {
  /** Of entries, by path. */
  readonly contents: MappedFiles;
  /** Keys of values beside the pointer. */
  readonly nodes: ReadonlySet<string>;
}
const nothingThere: KnownThere = { contents: new Map(), nodes: new Set() };

/** Of a list that can no longer be read nothing is known: all is put once more. */
export async function knownThere(live: LiveValue, store: ObjectStore, assets: Assets): Promise<KnownThere> {
  if (live.bits === 0) return { contents: contentsOf(live.files), nodes: new Set() };
  const list = live.digest && (await readWebList(store, live.digest));
  if (!list || list.status === "corrupt") return nothingThere;
  const contents = mappedFilesOf(list.value, assets);
  // Were pages' names added to the pool since, another map is made than the one that is there.
  const map = mapEntries(contents, mostTableBytes);
  const isSame = map?.bits === live.bits && map.files === live.files;
  return { contents, nodes: new Set(isSame ? map.nodes.keys() : []) };
}

const contentsOf = (files: string): MappedFiles =>
  new Map(
    files
      .split(";")
      .filter((line) => line !== "")
      .map((line) => {
        const [path = "", content = ""] = line.split(" ");
        return [path, content] as const;
      }),
  );
