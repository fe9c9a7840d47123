import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { ProcessGuard } from "../guard/guard.ts";
import { identify } from "../guard/process-identity.ts";
import { terminate } from "../guard/terminate.ts";
import { unprivilegedAccount } from "./account.ts";
import { findBinaries, prepareBinaries } from "./binaries.ts";
import { clusterFolder, forgetCluster, openCluster, otherOwner } from "./cluster.ts";
import { createDatabase } from "./create-database.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { openPrivateFolder, privateFolderPath } from "./private-folder.ts";
import { runsOn } from "./runs-on.ts";
import { type RunningServer, startServer } from "./start-server.ts";
import { superuser } from "./template.ts";

/** A running server of our own on 127.0.0.1. Disposing it stops it. */
export interface LocalPostgres extends AsyncDisposable {
  readonly port: number;
  /** Of the postmaster. */
  readonly pid: number;
  /** Of the server, such as `18.4`. */
  readonly version: string;
  /** Holds the password: never print it. */
  url(database: string): string;
  /** Creates it unless it is there. Names are `[a-z][a-z0-9_-]{0,62}`. */
  ensureDatabase(name: string): Promise<void>;
  /** Ends connections, stops the server; safe to call twice. */
  stop(): Promise<void>;
}

export interface StartPostgresInput {
  /** Such as `<repo>/.slipway/platform/postgres`; created when it is not there. */
  readonly stateFolder: string;
  /** Told of the server, so that it ends with us. */
  readonly guard?: ProcessGuard;
  /** Off for tests alone: a crash of the machine then loses the data. */
  readonly fsync?: boolean;
}

/** How a Postgres is told to stop: disconnecting clients, then at once. */
const stopSignals = { group: false, signals: ["SIGINT", "SIGQUIT"], graceMilliseconds: 8_000 } as const;

/**
 * Starts the server of this folder, or adopts the one that already runs on it: whoever started it last may stop it.
 *
 * @throws UserError `store-unusable` when the binaries or the folder cannot serve
 */
export async function startPostgres({ stateFolder, guard, fsync = true }: StartPostgresInput): Promise<LocalPostgres> {
  const account = await unprivilegedAccount();
  const folder = await clusterFolder(stateFolder, account !== null);
  const binaries = await prepareBinaries(await findBinaries(), await openPrivateFolder(), account !== null);
  const cluster = await openCluster(stateFolder, folder, binaries, account);
  const server = await startServer({ binaries, cluster, account, fsync });
  await guard?.watch({ pid: server.process.pid, ...stopSignals });
  return new OwnPostgres(server, cluster.password, binaries.version, guard);
}

/**
 * Stops the server of this folder, if one runs, and removes its data, wherever they are. With `cache` also what all folders
 * share, so that nothing of ours is left; the next first start makes it again.
 */
export async function removePostgres(stateFolder: string, { cache = false } = {}): Promise<void> {
  const asRoot = (await unprivilegedAccount()) !== null;
  const folder = await clusterFolder(stateFolder, asRoot);
  // A copy of another checkout names that one's databases.
  const isOthers = asRoot && (await otherOwner(stateFolder, folder)) !== null;
  await forgetCluster(stateFolder);
  if (isOthers) return;
  const data = join(folder, "data");
  const file = await readPostmasterFile(data);
  const owner = file === null ? null : await identify(file.pid);
  if (owner !== null && (await runsOn(owner.pid, data))) await terminate({ ...owner, ...stopSignals });
  await rm(folder, { recursive: true, force: true });
  await rmdir(stateFolder).catch(() => undefined); // others may keep things in it
  if (cache) await removeCache(asRoot);
}

async function removeCache(asRoot: boolean): Promise<void> {
  const folder = privateFolderPath();
  const names = await readdir(folder).catch(() => []);
  // A server of another checkout may run from the copied binaries; an ordinary user's checkouts are not known here.
  const inUse = !asRoot || names.some((name) => name.startsWith("cluster-"));
  for (const name of names) {
    if (!name.startsWith("template-") && (inUse || !name.startsWith("binaries-"))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
  await rmdir(folder).catch(() => undefined);
}

class OwnPostgres implements LocalPostgres {
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  readonly #server: RunningServer;
  readonly #password: string;
  readonly #guard: ProcessGuard | undefined;

  constructor(server: RunningServer, password: string, version: string, guard: ProcessGuard | undefined) {
    this.port = server.port;
    this.pid = server.process.pid;
    this.version = version;
    this.#server = server;
    this.#password = password;
    this.#guard = guard;
  }

  url(database: string): string {
    return `postgres://${superuser}:${this.#password}@127.0.0.1:${this.port}/${database}`;
  }

  async ensureDatabase(name: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url("postgres") });
    try {
      await client.connect();
      await createDatabase(client, name);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await terminate({ ...this.#server.process, ...stopSignals });
    this.#guard?.forget(this.pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
