import { randomBytes } from "node:crypto";
import { link, readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { identify, isAlive, type ProcessIdentity } from "../guard/process-identity.ts";

const ownerSchema = z.strictObject({ pid: z.number().int().positive(), startedAt: z.string() });
const namePattern = /^owner\.(\d{10})$/;

/**
 * Makes this process the one platform of a folder; null when another one lives. Owners are numbered files, made by an
 * exclusive link: a dead owner is followed by the next number, never removed first, so two that find the same dead owner
 * meet at one name (an exclusive create after an unlink lets both win).
 */
export async function becomeOwner(folder: string): Promise<ProcessIdentity | null> {
  const own = await identify(process.pid);
  if (own === null) throw new Error("this process cannot be identified");
  const newest = await newestOwner(folder);
  if (newest?.owner && (await isAlive(newest.owner))) return null;
  const number = (newest?.number ?? 0) + 1;
  const temporary = join(folder, `owner.${randomBytes(6).toString("hex")}.tmp`);
  await writeFile(temporary, JSON.stringify(own), { mode: 0o600, flush: true });
  try {
    await link(temporary, join(folder, nameOf(number)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null;
    throw error;
  } finally {
    await unlink(temporary);
  }
  // Somebody who was slower than two others may have linked a number below theirs.
  if ((await newestOwner(folder))?.number !== number) return null;
  await removeBelow(folder, number);
  return own;
}

/** Who owns the folder, dead or alive; null: nobody ever did. */
export async function ownerOf(folder: string): Promise<ProcessIdentity | null> {
  return (await newestOwner(folder))?.owner ?? null;
}

/** When the newest owner became one; null: there is none. */
export async function ownedSince(folder: string): Promise<Date | null> {
  const newest = await newestOwner(folder);
  const found = newest && (await stat(join(folder, nameOf(newest.number))).catch(() => null));
  return found?.mtime ?? null;
}

const nameOf = (number: number): string => `owner.${String(number).padStart(10, "0")}`;

async function numbers(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => namePattern.exec(name)?.[1] ?? []).map(Number);
}

async function newestOwner(
  folder: string,
): Promise<{ readonly number: number; readonly owner: ProcessIdentity | null } | null> {
  const all = await numbers(folder);
  if (all.length === 0) return null;
  const number = Math.max(...all);
  // One that cannot be read is nobody's: it was linked whole, so something else has spoilt it.
  const owner = await readFile(join(folder, nameOf(number)), "utf8")
    .then((text) => ownerSchema.parse(JSON.parse(text)))
    .catch(() => null);
  return { number, owner };
}

async function removeBelow(folder: string, number: number): Promise<void> {
  const older = (await numbers(folder)).filter((other) => other < number);
  await Promise.all(older.map((other) => unlink(join(folder, nameOf(other))).catch(() => undefined)));
}
