import { existsSync } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../errors.ts";

/**
 * Our own folder below the system's temporary one, for what an unprivileged Postgres must reach although the checkout may
 * lie under a closed one, and for what is the same for all checkouts. Others may pass through it and see nothing.
 *
 * @throws UserError `store-unusable` when somebody else made a folder of that name
 */
export async function openPrivateFolder(): Promise<string> {
  const folder = privateFolderPath();
  await mkdir(folder, { mode: 0o711 }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  const stat = await lstat(folder);
  if (stat.isDirectory() && stat.uid === ownUid() && (stat.mode & 0o022) === 0) return folder;
  throw new UserError({
    code: "store-unusable",
    message: `${folder} belongs to somebody else, or others may write to it; Slipway keeps its local Postgres there`,
    next: [`ls -ld ${folder}`],
  });
}

/** /var/tmp outlives a restart of the machine; a database should. */
export const privateFolderPath = (): string =>
  join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), `slipway-postgres-${ownUid()}`);

const ownUid = (): number => process.getuid?.() ?? 0;
