import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
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

export async function readVersion(path: string, version: number): Promise<VersionRead> {
  let handle: FileHandle;
  try {
    handle = await open(`${path}@${version}`, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { status: "absent" };
    if (code === "ELOOP") return { status: "deleted" };
    throw error;
  }
  try {
    const [body, { mtimeMs }] = [await handle.readFile(), await handle.stat()];
    const serverTime = new Date().toISOString() as Instant;
    const etag = etagOf(version, body);
    const writtenAt = new Date(Math.round(mtimeMs)).toISOString() as Instant;
    return { status: "stored", stored: { body, etag, write: etag, writtenAt, serverTime } };
  } finally {
    await handle.close();
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
