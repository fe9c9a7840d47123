import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { quoteInput } from "../identifiers.ts";
import type { FoundEntry } from "../release/build-ports.ts";

/**
 * Everything below a folder, or the one file, by hand recursion and lstat: a recursive readdir follows links to folders.
 * Null: nothing is there. A link on the way is all that is answered.
 */
export function walkFolder(root: string, path: string): readonly FoundEntry[] | null {
  const parts = path === "." ? [] : path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\0"))) {
    throw new UserError({
      code: "config-invalid",
      message: `${quoteInput(path)} is no path inside the repository. Nothing was published.`,
    });
  }
  let at = root;
  for (const part of parts) {
    at = join(at, part);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (!stats.isDirectory()) return [describe(at, "", stats)];
  }
  const found: FoundEntry[] = [];
  collect(at, "", found);
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function collect(folder: string, prefix: string, found: FoundEntry[]): void {
  for (const name of readdirSync(folder)) {
    const at = join(folder, name);
    const stats = lstatSync(at);
    if (stats.isDirectory()) collect(at, `${prefix}${name}/`, found);
    else found.push(describe(at, `${prefix}${name}`, stats));
  }
}

function describe(at: string, path: string, stats: Stats): FoundEntry {
  const kind = stats.isFile() ? "file" : stats.isSymbolicLink() ? "link" : "other";
  const link = kind === "link" ? readlinkSync(at) : null;
  return { path, kind, bytes: stats.size, executable: (stats.mode & 0o100) !== 0, link };
}
