import { lstat, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { codeOf } from "../file-error.ts";
import { privateFolderPath } from "./private-folder.ts";

/** Something of the local databases that is not as Postgres and we have left it. */
export interface Oddity {
  readonly path: string;
  /** Follows the path. */
  readonly because: string;
}

/** Says that databases were made: without them an empty server would be started, as if nothing had ever been stored. */
const markFile = "made";
/** https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_control.h, PG_CONTROL_FILE_SIZE */
const controlBytes = 8_192;

const files: readonly { readonly name: string; readonly isGood: (bytes: Buffer) => boolean }[] = [
  { name: "password", isGood: (bytes) => /^[0-9a-f]{48}$/.test(bytes.toString("latin1")) },
  { name: "data/PG_VERSION", isGood: (bytes) => /^\d{2,3}\n?$/.test(bytes.toString("latin1")) },
  { name: "data/global/pg_control", isGood: (bytes) => bytes.length === controlBytes },
];

/** What nothing but a copy brings back; a purge tells the ledgers that nothing is applied any more. */
export const waysOn: readonly string[] = [
  "put it back from a copy, then promote local start",
  "or begin with empty databases: promote local stop --purge, then promote again",
];

/** For the next start: these databases are there now. */
export async function markMade(stateFolder: string): Promise<void> {
  await writeFile(join(stateFolder, markFile), "", { mode: 0o600 });
}

/**
 * What is wrong with the files of a state folder's databases, told before a server is started on them; nothing is opened
 * but small files, and nothing is written. None: they are in order, or none were ever made.
 */
export async function inspectCluster(stateFolder: string): Promise<readonly Oddity[]> {
  const found = await lookAt(stateFolder, "folder");
  if (found === "missing") return [];
  if (found !== null) return [{ path: stateFolder, because: found }];
  const folder = await folderOf(stateFolder);
  if (typeof folder !== "string") return folder === null ? [] : [folder];
  const because = await lookAt(folder, "folder");
  if (because === "missing") {
    const wasMade = (await lookAt(join(stateFolder, markFile), "file")) !== "missing";
    return wasMade ? [{ path: folder, because: "is gone, and held the local databases" }] : [];
  }
  if (because !== null) return [{ path: folder, because }];
  const oddities = await Promise.all(files.map(({ name, isGood }) => inspectFile(join(folder, name), isGood)));
  return oddities.filter((oddity) => oddity !== null);
}

/** @throws UserError `store-unusable` that names the first of what is wrong */
export async function checkCluster(stateFolder: string): Promise<void> {
  const [first] = await inspectCluster(stateFolder);
  if (first === undefined) return;
  throw new UserError({
    code: "store-unusable",
    message: `${first.path} ${first.because}. Nothing was started.`,
    next: waysOn,
  });
}

/** As root the databases lie elsewhere, under a name that is noted here. Null: none was ever chosen. */
async function folderOf(stateFolder: string): Promise<string | Oddity | null> {
  if (process.getuid?.() !== 0) return join(stateFolder, "cluster");
  const path = join(stateFolder, "cluster-id");
  const because = await lookAt(path, "file");
  if (because === "missing") {
    const wasMade = (await lookAt(join(stateFolder, markFile), "file")) !== "missing";
    return wasMade ? { path, because: "is gone, and told where the local databases are" } : null;
  }
  if (because !== null) return { path, because };
  const id = await readFile(path, "latin1");
  if (/^[0-9a-f]{16}$/.test(id)) return join(privateFolderPath(), `cluster-${id}`);
  return { path, because: "does not tell where the local databases are" };
}

async function inspectFile(path: string, isGood: (bytes: Buffer) => boolean): Promise<Oddity | null> {
  const because = await lookAt(path, "file");
  if (because !== null) return { path, because: because === "missing" ? "is gone" : because };
  return isGood(await readFile(path)) ? null : { path, because: "is not what was stored there" };
}

/** Null: what belongs there, maybe behind a link of somebody's own that leads to it. */
async function lookAt(path: string, belongs: "file" | "folder"): Promise<string | null> {
  try {
    const found = await stat(path);
    if (belongs === "file" ? found.isFile() : found.isDirectory()) return null;
    return found.isDirectory() ? `is a folder where a ${belongs} belongs` : `is no ${belongs}`;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return (await isLink(path)) ? "is a link that leads nowhere" : "missing";
    if (code === "ENOTDIR" || code === "ELOOP" || code === "EACCES") return "cannot be reached";
    throw error;
  }
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
