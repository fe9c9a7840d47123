import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { access, chmod, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../identifiers.ts";
import { OrderRefused } from "./refusals.ts";

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
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(folder: string, images: Images) {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    this.#folder = folder;
    this.#images = images;
  }

  /** @throws OrderRefused when there is no such image. */
  folderOf(digest: Digest): Promise<string> {
    const known = this.#underWay.get(digest);
    if (known !== undefined) return known;
    const work = this.#unpack(digest).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, work);
    return work;
  }

  async #unpack(digest: Digest): Promise<string> {
    const folder = join(this.#folder, digest.slice("sha256:".length));
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
    if (!(await this.#images.has(digest))) throw new OrderRefused(`image ${digest} is not in the store`);
    const temporary = `${folder}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      await this.#images.unpack(digest, temporary);
      await rename(temporary, folder);
    } catch (cause) {
      await rm(temporary, { recursive: true, force: true });
      throw new OrderRefused(`image ${digest} cannot be unpacked: ${String(cause)}`, { cause });
    }
    await makeReadOnly(folder);
    return folder;
  }
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
