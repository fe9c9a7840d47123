import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { access, chmod, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../identifiers.ts";
import { OrderRefused } from "./refusals.ts";
import { SealedFolder } from "./sealed-folder.ts";

/** Where images come from: `../image-store.ts`. */
export interface Images {
  has(digest: Digest): Promise<boolean>;
  /** Verifies every byte against the digest. */
  unpack(digest: Digest, folder: string): Promise<unknown>;
}

/** Images as folders, each unpacked once for all environments and not to be written to. */
export class UnpackedImages {
  readonly #folder: string;
  readonly #images: Images;
  readonly #known = new Map<Digest, SealedFolder>();
  readonly #underWay = new Map<Digest, Promise<SealedFolder>>();

  constructor(folder: string, images: Images) {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    this.#folder = folder;
    this.#images = images;
  }

  /** Removes what was set aside or half made; while nothing runs from it. What cannot be removed is said, and is in nobody's way. */
  async sweep(say: (line: string) => void): Promise<void> {
    const left = (await readdir(this.#folder)).filter(isLeft);
    for (const path of left.map((name) => join(this.#folder, name))) {
      await rm(path, { recursive: true, force: true }).catch((error: unknown) =>
        say(`nothing needs ${path}, but it cannot be removed: ${String(error)}`),
      );
    }
  }

  /** The image's files, every byte as in the store; edited ones are set aside. @throws OrderRefused when there is no such image. */
  folderOf(digest: Digest): Promise<SealedFolder> {
    const known = this.#underWay.get(digest);
    if (known !== undefined) return known;
    const work = this.#find(digest).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, work);
    return work;
  }

  async #find(digest: Digest): Promise<SealedFolder> {
    const folder = join(this.#folder, digest.slice("sha256:".length));
    const sealFile = `${folder}.seal`;
    const found = this.#known.get(digest) ?? (await SealedFolder.open(folder, sealFile));
    if (found && (await found.edited(performance.now())) === null) return this.#keep(digest, found);
    if (!(await this.#images.has(digest))) throw new OrderRefused(`image ${digest} is not in the store`);
    const temporary = `${folder}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      await this.#images.unpack(digest, temporary);
      await makeReadOnly(temporary);
      await setAside(folder);
      await SealedFolder.seal(temporary, sealFile);
      await rename(temporary, folder);
    } catch (cause) {
      await rm(temporary, { recursive: true, force: true });
      throw new OrderRefused(`image ${digest} cannot be unpacked: ${String(cause)}`, { cause });
    }
    const sealed = await SealedFolder.open(folder, sealFile);
    if (!sealed) throw new OrderRefused(`image ${digest} cannot be read again: ${sealFile}`);
    return this.#keep(digest, sealed);
  }

  #keep(digest: Digest, sealed: SealedFolder): SealedFolder {
    this.#known.set(digest, sealed);
    return sealed;
  }
}

const isLeft = (name: string): boolean => /\.(edited|tmp|partial)$/.test(name);

/** Processes may run from it until they are replaced. */
async function setAside(folder: string): Promise<void> {
  await rename(folder, `${folder}.${randomBytes(6).toString("hex")}.edited`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** Files alone: a folder that cannot be written to could not be removed by its owner. */
async function makeReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await access(path, 1).then(
      () => chmod(path, 0o555),
      () => chmod(path, 0o444),
    );
  }
}
