import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { examined, type Finding, no, ok } from "../../environment/doctor/finding.ts";
import { PortError } from "../../errors.ts";
import { blobPrefix } from "../../release/store-keys.ts";
import { codeOf } from "../file-error.ts";
import { keyOfPath, parseVersionName } from "../object-path.ts";
import { isDeletedMark, lastFixedVersion } from "../version-files.ts";

interface Oddity {
  /** Relative to the store's folder. */
  readonly path: string;
  readonly because: string;
  readonly next: string;
}

/**
 * Whether every name in a folder of objects is one that the store gives: what a disk or a person made of them is refused
 * when it is asked for, or reads as "deleted" or as a version of long ago. Names and links alone are read.
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
    } else if (entry.isDirectory() && !entry.name.startsWith(".")) {
      await walk(root, `${folder}${entry.name}/`, oddities);
    } else if (entry.isSymbolicLink()) {
      const path = `${folder}${entry.name}`;
      oddities.push({ path, because: "is a link where a folder belongs", next: moveAway(path) });
    }
  }
  for (const [name, known] of versions) {
    const newest = Math.max(...known.keys());
    const path = `${folder}${name}@${newest}`;
    const because = await whyOdd(known.get(newest), keyOfPath(folder + name), join(root, path));
    if (because !== null) oddities.push({ path, because, next: moveAway(path) });
    for (const lost of lostOf([...known.keys()])) {
      const gone = `${folder}${name}@${lost}`;
      const next = `put ${gone} back from a copy; newer ones are there, so an empty file will do`;
      oddities.push({ path: gone, because: "is gone, and what is read may be of long ago", next });
    }
  }
}

const moveAway = (path: string): string => `move ${path} away and put back from a copy what was there`;

/** Of the newest version; older ones are never read. */
async function whyOdd(entry: Dirent | undefined, key: string, file: string): Promise<string | null> {
  if (entry === undefined) return null;
  if (entry.isDirectory()) return "is a folder where a file belongs";
  if (!entry.isSymbolicLink()) return entry.isFile() ? null : "is no file";
  if (!(await isDeletedMark(file))) return "is a link where a file belongs";
  // Only blobs are ever deleted.
  return key.startsWith(blobPrefix) ? null : "says that it was deleted, and such a file never is";
}

/** The first versions tell whether there are more, so they stay for ever. */
function lostOf(versions: readonly number[]): readonly number[] {
  const newest = Math.max(...versions);
  const fixed = Array.from({ length: Math.min(lastFixedVersion, newest) }, (_, at) => at + 1);
  return fixed.filter((version) => !versions.includes(version));
}
