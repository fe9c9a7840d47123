import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PortError } from "../errors.ts";
import type { Instant } from "../identifiers.ts";
import type { StoredObject } from "../ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { codeOf } from "./file-error.ts";
import { parseVersionName } from "./object-path.ts";

/* Versions of one object as files beside each other: `<name>@1`, `<name>@2` … The newest is the object. */

/** Versions that are never removed: a slot below the newest may not become free for a late writer (protocol §10). */
const keptVersions = 64;
/** With this many newer versions the slot that a late writer linked may have been one that was removed before. */
const certainVersions = 32;
/** Never removed, so that one look tells whether an object ever was, and whether it has a single version. */
export const lastFixedVersion = 2;
/** What a link leads to that marks a deletion; no other link is of our own making. */
export const deletedMark = "deleted";
export const etagOf = (version: number, body: Uint8Array): string => `"${version}-${sha256(body).slice(7)}"`;

/** False: another process has it. */
export async function claimSlot(claim: () => Promise<void>): Promise<boolean> {
  try {
    await claim();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

export type VersionRead =
  | { readonly status: "absent" | "deleted" }
  | { readonly status: "stored"; readonly stored: StoredObject };

/** Something lies in the store that the store has not put there. */
export class StrayFileError extends Error {
  /** `because` follows "it". */
  readonly because: string;
  constructor(path: string, what: string, belongs: "file" | "folder") {
    const because = `is ${what} where a ${belongs} belongs: ${path}`;
    super(because);
    this.name = "StrayFileError";
    this.because = because;
  }
}

/** Whoever opens a named pipe would wait for its writer. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** @throws StrayFileError for what is neither a file nor our own mark of a deletion */
export async function readVersion(path: string, version: number): Promise<VersionRead> {
  const file = `${path}@${version}`;
  let handle: FileHandle;
  try {
    handle = await open(file, openFlags);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { status: "absent" };
    if (code === "ENXIO") throw new StrayFileError(file, "a socket", "file");
    if (code !== "ELOOP") throw error;
    if (await isDeletedMark(file)) return { status: "deleted" };
    throw new StrayFileError(file, "a link", "file");
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new StrayFileError(file, found.isDirectory() ? "a folder" : "no file", "file");
    const { mtimeMs } = found;
    const body = await handle.readFile();
    const serverTime = new Date().toISOString() as Instant;
    const etag = etagOf(version, body);
    const writtenAt = new Date(Math.round(mtimeMs)).toISOString() as Instant;
    return { status: "stored", stored: { body, etag, write: etag, writtenAt, serverTime } };
  } finally {
    await handle.close();
  }
}

/** Of a link; false for one that somebody else has made. */
export async function isDeletedMark(link: string): Promise<boolean> {
  return (await readlink(link)) === deletedMark;
}

/**
 * Nothing is there only if the folders above it are folders, as far as there are any: behind a link that leads nowhere, or
 * below a file, everything would read as if it had never been written. @throws StrayFileError
 */
export async function checkFolders(root: string, folder: string): Promise<void> {
  await checkRoot(root);
  let at = root;
  for (const name of folder.split("/").filter((part) => part !== "" && part !== ".")) {
    at = join(at, name);
    const found = await lookAt(at);
    if (found === null) return;
    if (!found.isDirectory()) throw new StrayFileError(at, found.isSymbolicLink() ? "a link" : "no folder", "folder");
  }
}

/**
 * The store's own folder may lie behind links of somebody's own, as long as they lead to it. Each path is looked at once:
 * between two looks, one that finds nothing and one that finds something, somebody may have made the folder.
 */
async function checkRoot(root: string): Promise<void> {
  for (let at = root; ; at = dirname(at)) {
    const found = await lookAt(at);
    if (found?.isDirectory()) return;
    if (found?.isSymbolicLink() && (await leadsToFolder(at))) return;
    if (found !== null) throw new StrayFileError(at, found.isSymbolicLink() ? "a link" : "no folder", "folder");
    if (at === dirname(at)) return;
  }
}

/** Null where nothing is. */
async function lookAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
    throw error;
  }
}

async function leadsToFolder(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isDirectory();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error) ?? "")) return false;
    throw error;
  }
}

export async function versionsOf(path: string): Promise<readonly number[]> {
  const wanted = path.slice(dirname(path).length + 1);
  return (await readdir(dirname(path))).flatMap((name) => {
    const parsed = parseVersionName(name);
    return parsed?.name === wanted ? [parsed.version] : [];
  });
}

/**
 * What was linked may be a slot that had been taken and removed, if much newer versions are there. Otherwise old ones go,
 * from the oldest up, so that what is there has no gap above the fixed ones.
 */
export async function settleSlot(path: string, version: number): Promise<void> {
  if (version <= lastFixedVersion) return;
  const versions = await versionsOf(path);
  const newest = Math.max(...versions);
  if (newest > version + certainVersions) {
    throw new PortError("store.put", "possible", `overtaken by ${newest - version} writes while writing`);
  }
  const old = versions.filter((other) => other > lastFixedVersion && other <= newest - keptVersions);
  for (const other of old.toSorted((a, b) => a - b)) await rm(`${path}@${other}`, { force: true });
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw error;
  }
}
