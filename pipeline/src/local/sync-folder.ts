import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "./file-error.ts";

/** Makes new names in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot flush a folder; they keep names by other means.
    if (codeOf(error) !== "EINVAL" && codeOf(error) !== "ENOTSUP") throw error;
  } finally {
    await handle.close();
  }
}

/** From the folder that holds the first new one down to the last. */
export async function syncNewFolders(first: string, last: string): Promise<void> {
  for (let folder = last; folder.length >= first.length; folder = dirname(folder)) await syncFolder(dirname(folder));
}
