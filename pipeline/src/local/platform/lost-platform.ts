import { readdir, stat } from "node:fs/promises";
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
      const found = await platformIn(join(folder, name));
      if (found) return found;
    }
  }
  return null;
}

/** Only a folder that is ours alone is believed: what answers in another one may name any process. */
async function platformIn(folder: string): Promise<ProcessIdentity | null> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) return null;
  try {
    return await identify((await askStatusAt(join(folder, "control"))).pid);
  } catch (error) {
    if (error instanceof PortError) return null;
    throw error;
  }
}
