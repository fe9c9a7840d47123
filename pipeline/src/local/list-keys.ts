import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./file-error.ts";
import { keyOfPath, parseVersionName, pathOfKey } from "./object-path.ts";

/** Keys under a prefix, in lexical order. Only the folder that the prefix names is walked. */
export async function listKeys(root: string, prefix: string, after?: string): Promise<readonly string[]> {
  const whole = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const folder = whole === "" ? "" : `${pathOfKey(whole.slice(0, -1))}/`;
  const keys: string[] = [];
  await walk(root, folder, prefix, keys);
  return keys.filter((key) => after === undefined || key > after).sort();
}

async function walk(root: string, folder: string, prefix: string, keys: string[]): Promise<void> {
  const entries = await entriesOf(join(root, folder));
  for (const name of liveNames(entries)) {
    const key = keyOfPath(folder + name);
    if (key.startsWith(prefix)) keys.push(key);
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const inner = keyOfPath(`${folder}${entry.name}/`);
    if (inner.startsWith(prefix) || prefix.startsWith(inner)) await walk(root, `${folder}${entry.name}/`, prefix, keys);
  }
}

/** Objects whose newest version is no deletion. */
function liveNames(entries: readonly Dirent[]): readonly string[] {
  const newest = new Map<string, { readonly version: number; readonly isDeleted: boolean }>();
  for (const entry of entries) {
    const parsed = parseVersionName(entry.name);
    if (!parsed || parsed.version < (newest.get(parsed.name)?.version ?? 0)) continue;
    newest.set(parsed.name, { version: parsed.version, isDeleted: entry.isSymbolicLink() });
  }
  return [...newest].filter(([, { isDeleted }]) => !isDeleted).map(([name]) => name);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}
