import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { examined, type Finding, no, ok } from "../environment/doctor/finding.ts";
import { PortError } from "../errors.ts";
import { blobPrefix } from "../release/store-keys.ts";
import { codeOf } from "./file-error.ts";
import { keyOfPath, parseVersionName } from "./object-path.ts";
import { lastFixedVersion } from "./version-files.ts";

interface Oddity {
  /** Relative to the store's folder. */
  readonly path: string;
  readonly because: string;
  readonly next: string;
}

/**
 * Whether every name in a folder of objects is one that the store gives: what a disk or a person made of them may read as
 * "deleted" or as a version of long ago. Names alone are read.
 */
export async function examineFiles(root: string): Promise<readonly Finding[]> {
  return await examined("files", async () => {
    const oddities: Oddity[] = [];
    await walk(root, "", oddities).catch((cause: unknown) => {
      throw new PortError("readdir", "none", `${root} cannot be looked through`, { cause });
    });
    if (oddities.length === 0) return [ok("files", "each is named as the store names them")];
    return oddities.map(({ path, because, next }) => no("files", `${path} ${because}`, next));
  });
}

async function walk(root: string, folder: string, oddities: Oddity[]): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  const versions = new Map<string, Map<number, Dirent>>();
  for (const entry of entries) {
    const parsed = parseVersionName(entry.name);
    if (parsed) {
      const known = versions.get(parsed.name) ?? new Map<number, Dirent>();
      versions.set(parsed.name, known.set(parsed.version, entry));
    } else if (entry.isDirectory() && !entry.name.startsWith("."))
      await walk(root, `${folder}${entry.name}/`, oddities);
  }
  for (const [name, known] of versions) {
    const newest = Math.max(...known.keys());
    const because = whyOdd(known.get(newest), keyOfPath(folder + name));
    if (because !== null) {
      const path = `${folder}${name}@${newest}`;
      oddities.push({ path, because, next: `move ${path} away and put the file back from a copy` });
    }
    for (const lost of lostOf([...known.keys()])) {
      const path = `${folder}${name}@${lost}`;
      const next = `put ${path} back from a copy; newer ones are there, so an empty file will do`;
      oddities.push({ path, because: "is gone, and what is read may be of long ago", next });
    }
  }
}

/** Of the newest version; older ones are never read. */
function whyOdd(entry: Dirent | undefined, key: string): string | null {
  if (entry === undefined) return null;
  if (entry.isDirectory()) return "is a folder where a file belongs";
  // Only blobs are ever deleted; what marks a deletion is a link.
  if (entry.isSymbolicLink()) return key.startsWith(blobPrefix) ? null : "is a link, which says that it was deleted";
  return entry.isFile() ? null : "is no file";
}

/** The first versions tell whether there are more, so they stay for ever. */
function lostOf(versions: readonly number[]): readonly number[] {
  const newest = Math.max(...versions);
  const fixed = Array.from({ length: Math.min(lastFixedVersion, newest) }, (_, at) => at + 1);
  return fixed.filter((version) => !versions.includes(version));
}
