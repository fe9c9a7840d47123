import type { Digest } from "../../identifiers.ts";
import { hexOf } from "../../release/store-keys.ts";
import { entriesOf, type WebFile, type WebFileList } from "../../web/file-list.ts";
import type { Assets } from "./asset-pool.ts";

/** What lies where entries are served from. */
export interface InPlace {
  /** Digits of the SHA-256 of each path that was ever an entry's, and is not the pool's again. */
  readonly entries: Readonly<Record<string, string>>;
  /** Paths that somebody began to write: they hold old bytes or new ones. */
  readonly underWay: readonly string[];
}
export interface CopyPlan {
  readonly copies: readonly WebFile[];
  readonly after: InPlace;
}

/**
 * Copies that make what is served what a release says, by SHA-256 alone. A path that is no entry any more goes back to the asset that the pool
 * has under it; where there is none it stays as it is, since no deploy deletes.
 */
export function planCopies(list: WebFileList, { entries, underWay }: InPlace, assets: Assets): CopyPlan {
  const doubtful = new Set(underWay);
  const wanted = new Map(entriesOf(list).map((file) => [file.path, file]));
  const left = [...new Set([...Object.keys(entries), ...underWay])].filter((path) => !wanted.has(path));
  const now = (path: string): string | undefined => (Object.hasOwn(entries, path) ? entries[path] : assets.get(path));
  const copies = [...wanted.values(), ...left.flatMap((path) => assetAt(path, assets))].filter(
    ({ path, sha256 }) => doubtful.has(path) || now(path) !== hexOf(sha256),
  );
  const stays = left.filter((path) => !assets.has(path));
  return {
    copies,
    after: {
      entries: Object.fromEntries([
        ...stays.flatMap((path) => (Object.hasOwn(entries, path) ? [[path, entries[path] ?? ""] as const] : [])),
        ...[...wanted.values()].map((file) => [file.path, hexOf(file.sha256)] as const),
      ]),
      underWay: stays.filter((path) => doubtful.has(path)),
    },
  };
}

const assetAt = (path: string, assets: Assets): readonly WebFile[] => {
  const hex = assets.get(path);
  return hex === undefined ? [] : [{ path, sha256: `sha256:${hex}` as Digest, bytes: 0, role: "asset" }];
};
