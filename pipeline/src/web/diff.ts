import type { WebFile, WebFileList } from "./file-list.ts";

/** What differs between two web releases, by content alone: never by size or time. */
export interface WebDifference {
  /** Assets that only the second has, or has with other bytes. */
  readonly newAssets: readonly WebFile[];
  /** Entries that the second adds or changes. */
  readonly changedEntries: readonly WebFile[];
  /** Entries that the second no longer has. */
  readonly removedEntries: readonly WebFile[];
  readonly unchanged: number;
}

/** `from` null: nothing was live. */
export function diffWeb(from: WebFileList | null, to: WebFileList | null): WebDifference {
  const before = new Map((from?.files ?? []).map((file) => [file.path, file]));
  const after = new Map((to?.files ?? []).map((file) => [file.path, file]));
  const isNew = (file: WebFile): boolean => before.get(file.path)?.sha256 !== file.sha256;
  const changed = [...after.values()].filter((file) => isNew(file) || before.get(file.path)?.role !== file.role);
  return {
    newAssets: changed.filter((file) => file.role === "asset" && isNew(file)),
    changedEntries: changed.filter((file) => file.role === "entry"),
    removedEntries: [...before.values()].filter(
      (file) => file.role === "entry" && after.get(file.path)?.role !== "entry",
    ),
    unchanged: after.size - changed.length,
  };
}

/**
 * URL paths whose cached copies are old once `to` is live: entries that changed, came or went, and the folder URLs that an
 * `index.html` answers. Assets are immutable and never among them. Escaped as CloudFront wants them
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html).
 */
export function invalidationPaths(from: WebFileList | null, to: WebFileList | null): readonly string[] {
  const { changedEntries, removedEntries } = diffWeb(from, to);
  const paths = [...changedEntries, ...removedEntries].flatMap(({ path }) => {
    const url = `/${encodeURI(path)}`;
    return /(?:^|\/)index\.html$/.test(path) ? [url, url.slice(0, -"index.html".length)] : [url];
  });
  return [...new Set(paths)].toSorted();
}
