import { createHash, randomBytes } from "node:crypto";
import { link, lstat, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import { identify } from "../guard/process-identity.ts";
import type { Account } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { copyTree } from "./copy-tree.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { openPrivateFolder } from "./private-folder.ts";
import { runProgram } from "./run-program.ts";
import { openTemplate, superuser } from "./template.ts";

/** The files of one server. */
export interface Cluster {
  /** Postgres's own; as root it belongs to an unprivileged user. */
  readonly data: string;
  readonly log: string;
  /** Remembers the port, so that an address that somebody noted stays good. */
  readonly port: string;
  readonly password: string;
}

/**
 * Where the files of this state folder's server are: in it for an ordinary user; for root in a folder that an unprivileged
 * user reaches, whatever the checkout lies under.
 */
export async function clusterFolder(stateFolder: string, asRoot: boolean): Promise<string> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  if (!asRoot) return join(stateFolder, "cluster");
  const shared = await openPrivateFolder();
  return join(shared, `cluster-${await clusterId(stateFolder, shared)}`);
}

const idFile = "cluster-id";

/** Lies in the state folder, so that a checkout that is moved keeps its databases. */
async function clusterId(stateFolder: string, shared: string): Promise<string> {
  const known = await idIn(stateFolder);
  if (known !== null) return known;
  const byPath = createHash("sha256")
    .update(await realpath(stateFolder))
    .digest("hex")
    .slice(0, 16);
  // Earlier versions named it after the path.
  const id = (await isThere(join(shared, `cluster-${byPath}`))) ? byPath : randomBytes(8).toString("hex");
  const written = join(stateFolder, `${idFile}.${randomBytes(4).toString("hex")}`);
  await writeFile(written, id, { mode: 0o600 });
  // Whole or not there: of two starts at once, both take the first one's.
  await link(written, join(stateFolder, idFile)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(written);
  return (await idIn(stateFolder)) ?? id;
}

/** Null: none, or nothing that can be one. */
async function idIn(stateFolder: string): Promise<string | null> {
  const text = await readFile(join(stateFolder, idFile), "utf8").catch(() => "");
  return /^[0-9a-f]{16}$/.test(text) ? text : null;
}

/** Another folder, still there, that says the databases are its own; null: they are ours, or nobody's. */
export async function otherOwner(stateFolder: string, cluster: string): Promise<string | null> {
  const origin = await readFile(join(cluster, "origin"), "utf8").catch(() => null);
  if (origin === null || origin === (await realpath(stateFolder))) return null;
  const id = await idIn(origin);
  return id !== null && id === (await idIn(stateFolder)) ? origin : null;
}

/** Forgets which databases were this folder's. */
export const forgetCluster = (stateFolder: string): Promise<void> => rm(join(stateFolder, idFile), { force: true });

/** As root: says whose databases these are, and that they were used today. @throws UserError in a copy of the folder */
async function claim(stateFolder: string, cluster: string): Promise<void> {
  const other = await otherOwner(stateFolder, cluster);
  if (other === null) return await writeFile(join(cluster, "origin"), await realpath(stateFolder), { mode: 0o600 });
  throw new UserError({
    code: "store-unusable",
    message: `${stateFolder} is a copy of ${other}, whose databases it would use. Nothing was started; a copy begins with databases of its own once it is purged`,
    next: ["promote local stop --purge"],
  });
}

/** Opens the server's files; makes them when they are not there, all of them or none. */
export async function openCluster(
  stateFolder: string,
  folder: string,
  binaries: PostgresBinaries,
  account: Account | null,
): Promise<Cluster> {
  if (!(await isThere(folder))) await createCluster(stateFolder, folder, binaries, account);
  else if (account !== null) await claim(stateFolder, folder);
  const made = (await readFile(join(folder, "data", "PG_VERSION"), "utf8")).trim();
  const major = binaries.version.split(".")[0];
  if (made !== major) {
    throw new UserError({
      code: "store-unusable",
      message: `the local databases were made by Postgres ${made}; Postgres ${major} is installed and cannot read them`,
    });
  }
  return {
    data: join(folder, "data"),
    log: join(folder, "postgres.log"),
    port: join(folder, "port"),
    password: await readFile(join(folder, "password"), "utf8"),
  };
}

async function createCluster(
  stateFolder: string,
  folder: string,
  binaries: PostgresBinaries,
  account: Account | null,
  tries = 3,
): Promise<void> {
  const template = await openTemplate(binaries, await openPrivateFolder(), account);
  await sweep(folder);
  const unfinished = `${folder}.tmp-${randomBytes(6).toString("hex")}`;
  const password = randomBytes(24).toString("hex");
  try {
    await mkdir(unfinished, { mode: account === null ? 0o700 : 0o711 });
    await copyTree(template, join(unfinished, "data"), account);
    await setPassword(join(unfinished, "data"), password, binaries, account);
    await writeFile(join(unfinished, "password"), password, { mode: 0o600 });
    await writeFile(join(unfinished, "origin"), await realpath(stateFolder), { mode: 0o600 });
    // A folder takes the place of a missing or empty one only: of two starts at once, the second keeps the first one's.
    await rename(unfinished, folder);
  } catch (error) {
    if (await isThere(folder)) return;
    // Somebody removed the cache while we copied from it.
    if (tries <= 1 || (await isThere(template))) throw error;
    await createCluster(stateFolder, folder, binaries, account, tries - 1);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** By the single-user mode, before the server ever listens. The password is hexadecimal: nothing to quote. */
async function setPassword(
  data: string,
  password: string,
  binaries: PostgresBinaries,
  account: Account | null,
): Promise<void> {
  await runProgram(
    join(binaries.folder, "bin", "postgres"),
    ["--single", "-D", data, "-c", "fsync=off", "-c", "log_checkpoints=off", "template1"],
    { account, cwd: data, input: `ALTER ROLE ${superuser} PASSWORD '${password}'\n` },
  );
}

const unfinishedMilliseconds = 600_000;
/** A folder may be away for a while (moved, on a disk that is not mounted): its databases wait for it. */
const abandonedMilliseconds = 30 * 86_400_000;

/** Removes what killed starts have left, and, as root, databases that no folder has asked for in a month. */
async function sweep(beside: string): Promise<void> {
  for (const name of await readdir(dirname(beside))) {
    const path = join(dirname(beside), name);
    const made = await stat(path).catch(() => null);
    if (made === null) continue;
    const unfinished = /^cluster.*\.tmp-[0-9a-f]+$/.test(name) && Date.now() - made.mtimeMs > unfinishedMilliseconds;
    if (unfinished || (await isAbandoned(path))) await rm(path, { recursive: true, force: true });
  }
}

async function isAbandoned(cluster: string): Promise<boolean> {
  const file = join(cluster, "origin");
  const claimed = await stat(file).catch(() => null);
  if (claimed === null || Date.now() - claimed.mtimeMs < abandonedMilliseconds) return false;
  if (await isThere(await readFile(file, "utf8"))) return false;
  const server = await readPostmasterFile(join(cluster, "data"));
  return server === null || (await identify(server.pid)) === null;
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
