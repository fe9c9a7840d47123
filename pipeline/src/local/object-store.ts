import { randomBytes } from "node:crypto";
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PortError, UnreadableObjectError } from "../errors.ts";
import type { Instant } from "../identifiers.ts";
import { judgeConflict } from "../ledger/judge-conflict.ts";
import { checkKey, checkPrefix } from "../ledger/object-key.ts";
import type { ObjectStore, PutAnswer, StoredObject } from "../ports.ts";
import { codeOf, effectOfError } from "./file-error.ts";
import { listKeys } from "./list-keys.ts";
import { pathOfKey } from "./object-path.ts";
import { syncFolder, syncNewFolders } from "./sync-folder.ts";
import {
  checkFolders,
  claimSlot,
  deletedMark,
  etagOf,
  isThere,
  readVersion,
  StrayFileError,
  settleSlot,
  versionsOf,
} from "./version-files.ts";

/** What a process that died has left in the folder for unfinished writes. */
const abandonedMilliseconds = 3_600_000;

export interface FileObjectStoreOptions {
  /** Flushed to the disk before a put is answered; off only where nothing has to survive a power cut. Default true. */
  readonly durable?: boolean;
}

/** One version of an object; without content where it was deleted. */
interface Version {
  readonly version: number;
  readonly stored: StoredObject | null;
}

/**
 * Objects as files, with true compare-and-swap between processes: version n + 1 of an object is a file of its own, made
 * by linking a finished temporary file to that name, which only one process can do. The newest version is the object. A
 * deletion is a version too: a symbolic link to "deleted", which is nowhere. Anything else that is no file is an error.
 */
export class FileObjectStore implements ObjectStore {
  readonly address: string;
  readonly #root: string;
  readonly #durable: boolean;
  #isPrepared = false;

  constructor(root: string, options: FileObjectStoreOptions = {}) {
    this.#root = resolve(root);
    this.address = this.#root;
    this.#durable = options.durable ?? true;
  }

  async get(key: string): Promise<StoredObject | null> {
    const path = this.#pathOf(key);
    return this.#asked("store.get", key, async () => {
      const { stored } = await this.#newest(path);
      if (stored === null) await checkFolders(this.#root, dirname(pathOfKey(key)));
      return stored;
    });
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<PutAnswer> {
    const path = this.#pathOf(key);
    return this.#asked("store.putIfAbsent", key, async () => {
      const newest = await this.#newest(path);
      return newest.stored ? judgeConflict(newest.stored, body) : this.#write(path, newest.version, body);
    });
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string): Promise<PutAnswer> {
    const path = this.#pathOf(key);
    return this.#asked("store.putIfMatch", key, async () => {
      const newest = await this.#newest(path);
      return newest.stored?.etag === etag
        ? this.#write(path, newest.version, body)
        : judgeConflict(newest.stored, body);
    });
  }

  async list(prefix: string, after?: string): Promise<readonly string[]> {
    checkPrefix(prefix);
    return this.#asked("store.list", prefix, () => listKeys(this.#root, prefix, after));
  }

  async deleteIfMatch(key: string, write: string): Promise<"deleted" | "conflict"> {
    const path = this.#pathOf(key);
    return this.#asked("store.deleteIfMatch", key, async () => {
      const { version, stored } = await this.#newest(path);
      if (stored?.write !== write) return "conflict";
      if (!(await claimSlot(() => symlink(deletedMark, `${path}@${version + 1}`)))) return "conflict";
      await settleSlot(path, version + 1);
      if (this.#durable) await syncFolder(dirname(path));
      await this.#emptyVersions(path, version);
      return "deleted";
    });
  }

  #pathOf(key: string): string {
    return join(this.#root, pathOfKey(checkKey(key)));
  }

  async #asked<T>(call: string, key: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof PortError) throw error;
      if (error instanceof StrayFileError) throw new UnreadableObjectError(key, error.because, { cause: error });
      const because = error instanceof Error ? error.message : String(error);
      const effect = call === "store.get" || call === "store.list" ? "none" : effectOfError(error);
      throw new PortError(call, effect, `${key}: ${because}`, { cause: error });
    }
  }

  /** Version 0: it never was. */
  async #newest(path: string): Promise<Version> {
    // Most objects have one version for ever; they are found without listing a folder of thousands.
    if (!(await isThere(`${path}@2`))) {
      const first = await readVersion(path, 1);
      if (first.status === "absent") return { version: 0, stored: null };
      if (first.status === "stored") return { version: 1, stored: first.stored };
    }
    for (;;) {
      const version = Math.max(1, ...(await versionsOf(path)));
      const found = await readVersion(path, version);
      if (found.status === "stored") return { version, stored: found.stored };
      if (found.status === "deleted") return { version, stored: null };
      // Removed since the folder was listed: much newer ones are there.
    }
  }

  async #write(path: string, newest: number, body: Uint8Array): Promise<PutAnswer> {
    const version = newest + 1;
    const temporary = await this.#writeTemporary(path, newest, body);
    try {
      if (!(await claimSlot(() => link(temporary.path, `${path}@${version}`)))) {
        return judgeConflict((await this.#newest(path)).stored, body);
      }
    } finally {
      await unlink(temporary.path).catch(() => undefined);
    }
    try {
      if (this.#durable) await syncFolder(dirname(path));
      await settleSlot(path, version);
    } catch (error) {
      if (error instanceof PortError) throw error;
      throw new PortError("store.put", "possible", "written, but not known to be on the disk", { cause: error });
    }
    return { status: "written", etag: etagOf(version, body), serverTime: now() };
  }

  /** Complete and flushed before it gets its name, so that no reader ever sees half an object. */
  async #writeTemporary(path: string, newest: number, body: Uint8Array): Promise<{ readonly path: string }> {
    const folder = join(this.#root, ".tmp");
    const temporary = join(folder, `${process.pid}-${randomBytes(8).toString("hex")}`);
    await this.#prepareOnce(folder);
    let handle: FileHandle | null = null;
    try {
      handle = await openNew(temporary);
      await handle.writeFile(body);
      // The kernel's own time stamps are some milliseconds coarse, and could lie before the moment this was asked.
      const time = new Date();
      await handle.utimes(time, time);
      if (this.#durable) await handle.sync();
      await handle.close();
      // After the file: of a disk that is mounted for reading, making folders says no more than that one is not there.
      const made = newest > 0 ? undefined : await mkdir(dirname(path), { recursive: true });
      if (made && this.#durable) await syncNewFolders(made, dirname(path));
      return { path: temporary };
    } catch (error) {
      await handle?.close().catch(() => undefined);
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new PortError("store.put", "none", `${path}: ${messageOf(error)}`, { cause: error });
    }
  }

  async #prepareOnce(folder: string): Promise<void> {
    if (this.#isPrepared) return;
    this.#isPrepared = true;
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder).catch(() => undefined);
    await keepOutOfGit(dirname(this.#root)).catch(() => undefined);
  }

  /** The bytes go, the slots stay taken. */
  async #emptyVersions(path: string, newest: number): Promise<void> {
    for (const version of await versionsOf(path)) {
      if (version > newest) continue;
      const temporary = join(this.#root, ".tmp", `${process.pid}-${randomBytes(8).toString("hex")}`);
      await mkdir(dirname(temporary), { recursive: true });
      await symlink(deletedMark, temporary);
      await rename(temporary, `${path}@${version}`);
    }
  }
}

/** Slipway's own folder in somebody's repository, who may have written slipway.yaml by hand. */
async function keepOutOfGit(folder: string): Promise<void> {
  if (basename(folder) === ".slipway") await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" });
}

/** Somebody may tidy up while we work. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o644);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    await mkdir(dirname(path), { recursive: true });
    return await open(path, "wx", 0o644);
  }
}

const now = (): Instant => new Date().toISOString() as Instant;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandonedMilliseconds) await unlink(path);
  }
}
