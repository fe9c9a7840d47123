import { constants, type Dirent } from "node:fs";
import { chown, copyFile, lstat, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.ts";

/** Copies a folder of ours as it is, cloning blocks where the file system can; `owner` gets every entry of the copy. */
export async function copyTree(
  from: string,
  to: string,
  owner: Account | null,
  keep: (name: string) => boolean = () => true,
): Promise<void> {
  await mkdir(to, { mode: (await lstat(from)).mode & 0o777 });
  const entries = (await readdir(from, { withFileTypes: true })).filter(({ name }) => keep(name));
  // A folder's entries at once, folder by folder: as many files are open as the largest folder has, some hundreds.
  const folders = entries.filter((entry) => entry.isDirectory());
  const others = entries.filter((entry) => !entry.isDirectory());
  await Promise.all(others.map((entry) => copyEntry(join(from, entry.name), join(to, entry.name), entry, owner)));
  for (const { name } of folders) await copyTree(join(from, name), join(to, name), owner, keep);
  if (owner !== null) await chown(to, owner.uid, owner.gid);
}

async function copyEntry(from: string, to: string, entry: Dirent, owner: Account | null): Promise<void> {
  if (entry.isSymbolicLink()) return symlink(await readlink(from), to);
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (owner !== null) await chown(to, owner.uid, owner.gid);
}
