import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import type { Digest } from "../../identifiers.ts";
import { inParallel } from "../../release/in-parallel.ts";
import { writeDurably } from "./durable-file.ts";

const sealSchema = z.object({
  version: z.literal(1),
  files: z.array(z.object({ path: z.string(), sha256: z.string(), stat: z.string() })),
});
type SealedFile = z.infer<typeof sealSchema>["files"][number];

/** A look at thousands of files costs tens of milliseconds, and a rollout is looked at several times a second. */
const freshMilliseconds = 2_000;

/**
 * An unpacked image, and whether its files are still those of the image. What `lstat` says is compared, and a file that was touched is hashed.
 * Files that a service writes beside them do not count. Once edited it stays so: a process may have read the other bytes.
 */
export class SealedFolder {
  readonly folder: string;
  readonly #files: readonly SealedFile[];
  #edited: Digest | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #look: Promise<void> | null = null;

  private constructor(folder: string, files: readonly SealedFile[]) {
    this.folder = folder;
    this.#files = files;
  }

  /** Writes down in `sealFile` what `folder` holds now; it may be renamed after that. */
  static async seal(folder: string, sealFile: string): Promise<void> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = found.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    const files = await inParallel(paths, async (path) => ({
      path: relative(folder, path),
      sha256: (await contentOf(path)) ?? "",
      stat: (await statOf(path)) ?? "",
    }));
    await writeDurably(sealFile, JSON.stringify({ version: 1, files }));
  }

  /** Null: it was never sealed, or the seal cannot be read. */
  static async open(folder: string, sealFile: string): Promise<SealedFolder | null> {
    try {
      return new SealedFolder(folder, sealSchema.parse(JSON.parse(await readFile(sealFile, "utf8"))).files);
    } catch {
      return null;
    }
  }

  /** Digest of what is other than it was sealed, as it was two seconds ago or later; null: nothing is. */
  async edited(): Promise<Digest | null> {
    if (this.#edited !== null || performance.now() - this.#lookedAt < freshMilliseconds) return this.#edited;
    this.#look ??= this.#lookAtAll().finally(() => {
      this.#look = null;
    });
    await this.#look;
    return this.#edited;
  }

  async #lookAtAll(): Promise<void> {
    const differing = await inParallel(this.#files, async (file) => {
      const path = join(this.folder, file.path);
      if ((await statOf(path)) === file.stat) return [];
      const content = await contentOf(path);
      return content === file.sha256 ? [] : [`${file.path} ${content ?? "gone"}`];
    });
    const lines = differing.flat();
    this.#lookedAt = performance.now();
    if (lines.length > 0)
      this.#edited = `sha256:${createHash("sha256").update(lines.join("\n")).digest("hex")}` as Digest;
  }
}

/** What changes with any write to a file; null: it is not there. */
async function statOf(path: string): Promise<string | null> {
  const found = await lstat(path, { bigint: true }).catch(() => null);
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

/** Of a file the hash of its bytes, of a link where it leads; null: it is not there, or cannot be read. */
async function contentOf(path: string): Promise<string | null> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return `link ${await readlink(path)}`;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest("hex");
  } catch {
    return null;
  }
}
