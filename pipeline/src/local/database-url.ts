import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnvironmentName } from "../identifiers.ts";
import { platformFolders } from "./platform/folders.ts";
import { databaseName } from "./platform/hosted-environment.ts";
import { platformStatus } from "./platform-control.ts";
import { unprivilegedAccount } from "./postgres/account.ts";
import { clusterFolder } from "./postgres/cluster.ts";
import { superuser } from "./postgres/template.ts";

/**
 * Address of an environment's local database, for whoever may read this folder's private files. Holds the password: never
 * print it. Null: the platform does not run.
 */
export async function localDatabaseUrl(root: string, environment: EnvironmentName): Promise<string | null> {
  const status = await platformStatus(root);
  if (!status) return null;
  const stateFolder = join(platformFolders(root).state, "postgres");
  const folder = await clusterFolder(stateFolder, (await unprivilegedAccount()) !== null);
  const password = await readFile(join(folder, "password"), "utf8");
  return `postgres://${superuser}:${password}@127.0.0.1:${status.postgres.port}/${databaseName(environment)}`;
}
