import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./file-error.ts";
import { keyOfPath, parseVersionName, pathOfKey } from "./object-path.ts";
import { checkFolders, isDeletedMark, StrayFileError } from "./version-files.ts";

/**
 * Keys under a prefix, in lexical order, also of what a read will not take for an object. Only the folder that the prefix
 * names is walked. @throws StrayFileError for a link in the place of a folder
 */
export async function listKeys(root: string, prefix: string, after?: string): Promise<readonly string[]> {
  const whole = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const folder = whole === "" ? "" : `${pathOfKey(whole.slice(0, -1))}/`;
  const keys: string[] = [];
  await walk(root, folder, prefix, keys);
  if (keys.length === 0) await checkFolders(root, folder);
  return keys.filter((key) => after === undefined || key > after).sort();
}

async function walk(root: string, folder: string, prefix: string, keys: string[]): Promise<void> {
  const entries = await entriesOf(join(root, folder));
  for (const name of await liveNames(join(root, folder), entries)) {
    const key = keyOfPath(folder + name);
    if (key.startsWith(prefix)) keys.push(key);
  }
  for (const entry of entries) {
    const isLink = entry.isSymbolicLink() && parseVersionName(entry.name) === null;
    if (!(entry.isDirectory() || isLink) || entry.name.startsWith(".")) continue;
    const inner = keyOfPath(`${folder}${entry.name}/`);
    if (!inner.startsWith(prefix) && !prefix.startsWith(inner)) continue;
    if (isLink) throw new StrayFileError(join(root, folder, entry.name), "a link", "folder");
    await walk(root, `${folder}${entry.name}/`, prefix, keys);
  }
}

/** Objects whose newest version is no deletion. */
async function liveNames(folder: string, entries: readonly Dirent[]): Promise<readonly string[]> {
  const newest = new Map<string, { readonly version: number; readonly entry: Dirent }>();
  for (const entry of entries) {
    const parsed = parseVersionName(entry.name);
    if (!parsed || parsed.version < (newest.get(parsed.name)?.version ?? 0)) continue;
    newest.set(parsed.name, { version: parsed.version, entry });
  }
  const looks = await Promise.all(
    [...newest].map(async ([name, { entry }]) => {
      const isDeleted = entry.isSymbolicLink() && (await isDeletedMark(join(folder, entry.name)));
      return isDeleted ? null : name;
    }),
  );
  return looks.filter((name) => name !== null);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}
