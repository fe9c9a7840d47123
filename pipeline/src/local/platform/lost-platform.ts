import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortError } from "../../errors.ts";
import { askStatusAt } from "../control-client.ts";
import { identify, type ProcessIdentity } from "../guard/process-identity.ts";
import { rootKey } from "./folders.ts";

/**
 * The platform of a folder whose state somebody removed while it ran: it is found by its socket, which lies elsewhere and is named for the folder.
 * Null: none answers there.
 */
export async function findLostPlatform(root: string): Promise<ProcessIdentity | null> {
  for (const folder of new Set([tmpdir(), "/tmp"])) {
    const names = (await readdir(folder).catch(() => [])).filter((name) =>
      name.startsWith(`slipway-${rootKey(root)}-`),
    );
    for (const name of names) {
      const found = await platformIn(join(folder, name), root);
      if (found) return found;
    }
  }
  return null;
}

/** Only a folder that is ours alone is believed, and of what answers there only a process that was started for this very folder. */
async function platformIn(folder: string, root: string): Promise<ProcessIdentity | null> {
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) return null;
  try {
    const { pid } = await askStatusAt(join(folder, "control"));
    const identity = await identify(pid);
    return identity !== null && (await isStartedFor(pid, root)) ? identity : null;
  } catch (error) {
    if (error instanceof PortError) return null;
    throw error;
  }
}

/**
 * In another container the same number is another process, and a folder that was moved away still has its platform: a platform has its folder
 * as an argument and works in it. Where the system does not tell (no /proc) nothing is believed.
 */
async function isStartedFor(pid: number, root: string): Promise<boolean> {
  try {
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return words.includes(root) && (await readlink(`/proc/${pid}/cwd`)) === (await realpath(root));
  } catch {
    return false;
  }
}
