import picomatch from "picomatch";
import { RefusalError } from "../errors.ts";
import { type Digest, quoteInput } from "../identifiers.ts";
import type { FoundEntry } from "../release/build-ports.ts";
import { pathTwins, resolveLink, whyUnsafe } from "../release/safe-path.ts";
import { entriesOf, mostWebFiles, type WebFile, type WebFileList, webPathPattern } from "./file-list.ts";

const mostBytes = 4 * 1024 ** 3;

/**
 * What of a built folder may be served: every path is judged before one byte is read.
 * @throws RefusalError `path-unsafe` with all problems at once.
 */
export function judgeWebTree(folder: string, entries: readonly FoundEntry[]): readonly FoundEntry[] {
  const problems = entries.flatMap((entry) => {
    const because = whyNotServed(entry);
    return because === null ? [] : [`${quoteInput(entry.path === "" ? folder : entry.path)} ${because}`];
  });
  // Of paths without bounds, every folder on the way would be a text of its own.
  for (const [a, b] of pathTwins(entries.map((entry) => entry.path).filter((path) => whyUnsafe(path) === null))) {
    problems.push(`${quoteInput(a)} and ${quoteInput(b)} are one path where case is ignored`);
  }
  if (entries.length > mostWebFiles) problems.push(`${entries.length} files, more than ${mostWebFiles}`);
  if (entries.reduce((sum, entry) => sum + entry.bytes, 0) > mostBytes) problems.push("more than 4 GiB");
  if (problems.length === 0) return entries;
  throw new RefusalError({
    code: "path-unsafe",
    message: `${quoteInput(folder)} holds ${problems.length === 1 ? "a path" : `${problems.length} paths`} that cannot be served safely. Nothing was published.`,
    evidence: problems.slice(0, 20),
  });
}

function whyNotServed(entry: FoundEntry): string | null {
  if (entry.kind === "link") {
    const leaves = entry.path === "" || resolveLink(entry.path, entry.link ?? "") === null;
    return `is a link to ${quoteInput(entry.link)}${leaves ? ", out of the folder" : ""}`;
  }
  if (entry.kind === "other") return "is no regular file";
  const because = whyUnsafe(entry.path);
  if (because !== null) return because;
  if (entry.path.split("/").length > 32) return "is more than 32 deep";
  return webPathPattern.test(entry.path)
    ? null
    : "has a character that URLs and stores do not agree on, or is too long";
}

/** `assets` are globs relative to the folder; a leading dot in a name counts as any character. */
export function listWebFiles(
  files: readonly { readonly path: string; readonly sha256: Digest; readonly bytes: number }[],
  assets: readonly string[],
  fallback: string | null,
): WebFileList {
  const isAsset = assets.length === 0 ? () => false : picomatch([...assets], { dot: true });
  const listed = files
    .map(({ path, sha256, bytes }): WebFile => ({ path, sha256, bytes, role: isAsset(path) ? "asset" : "entry" }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { version: 1, fallback, files: listed };
}

/** Sizes as the build session prints them. */
export function summariseWeb(list: WebFileList): {
  readonly entries: number;
  readonly assets: number;
  readonly bytes: number;
} {
  const entries = entriesOf(list).length;
  const bytes = list.files.reduce((sum, file) => sum + file.bytes, 0);
  return { entries, assets: list.files.length - entries, bytes };
}
