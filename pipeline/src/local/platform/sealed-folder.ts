import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import * as z from "zod";
import type { Digest } from "../../identifiers.ts";
import { inParallel } from "../../release/in-parallel.ts";
import { writeDurably } from "./durable-file.ts";

const sealSchema = z.object({
  version: z.literal(1),
  files: z.array(z.object({ path: z.string(), sha256: z.string(), stat: z.string() })),
});
type SealedFile = z.infer<typeof sealSchema>["files"][number];

/** A look costs tens of milliseconds for a thousand files, and a rollout is looked at several times a second. */
const freshMilliseconds = 2_000;
/** Of a large folder a tenth of the time is spent on looking, as this process serves every environment; but it is looked at. */
const freshPerLook = 10;
const longestFresh = 30_000;
/** In bytes. Opening a stream costs more than reading a file that is shorter. */
const longestWhole = 1024 * 1024;

/** Files are other than they were sealed. */
export interface Edit {
  /** Of all that differs. */
  readonly digest: Digest;
  /** The first of them, in the folder. */
  readonly path: string;
}

/**
 * An unpacked image, and whether its files are still those of the image. What `lstat` says is compared, and a file that was touched is hashed.
 * Files that a service writes beside them do not count. Once edited it stays so: a process may have read the other bytes.
 */
export class SealedFolder {
  readonly folder: string;
  readonly #sealFile: string;
  readonly #files: SealedFile[];
  #edited: Edit | null = null;
  #begunAt = Number.NEGATIVE_INFINITY;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #look: Promise<void> | null = null;

  private constructor(folder: string, sealFile: string, files: SealedFile[]) {
    this.folder = folder;
    this.#sealFile = sealFile;
    this.#files = files;
  }

  /** Writes down in `sealFile` what `folder` holds now; it may be renamed after that. */
  static async seal(folder: string, sealFile: string): Promise<void> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = found.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    const files = await inParallel(paths.toSorted(), async (path) => ({
      path: relative(folder, path),
      sha256: (await contentOf(path)) ?? "",
      stat: (await statOf(path)) ?? "",
    }));
    await writeSeal(sealFile, files);
  }

  /** Null: it was never sealed, or the seal cannot be read. */
  static async open(folder: string, sealFile: string): Promise<SealedFolder | null> {
    try {
      const { files } = sealSchema.parse(JSON.parse(await readFile(sealFile, "utf8")));
      return new SealedFolder(folder, sealFile, files);
    } catch {
      return null;
    }
  }

  /**
   * What is other than it was sealed; null: nothing is. As it was two seconds ago or later, thirty of a folder that takes long to
   * look at; and no earlier than `since` (`performance.now()`).
   */
  async edited(since = Number.NEGATIVE_INFINITY): Promise<Edit | null> {
    // A look under way may have passed by what was changed since.
    while (this.#edited === null && !this.#isFresh(since)) {
      this.#look ??= this.#lookAtAll().finally(() => {
        this.#look = null;
      });
      await this.#look;
    }
    return this.#edited;
  }

  #isFresh(since: number): boolean {
    return this.#begunAt >= since && performance.now() < this.#freshUntil;
  }

  async #lookAtAll(): Promise<void> {
    const begunAt = performance.now();
    let touched = 0;
    const differing = await inParallel(this.#files, async (file) => {
      const path = join(this.folder, file.path);
      // Asked before the content: what is written in between has another one at the next look.
      const stat = await statOf(path);
      if (stat === file.stat) return [];
      const content = await contentOf(path);
      if (content !== file.sha256) return [{ path: file.path, content }];
      // Touched by a copy or a restore of the whole folder, it is not hashed again each time.
      file.stat = stat ?? "";
      touched += 1;
      return [];
    });
    this.#conclude(differing.flat());
    this.#begunAt = begunAt;
    const took = performance.now() - begunAt;
    const fresh = Math.min(Math.max(freshMilliseconds, freshPerLook * took), longestFresh);
    this.#freshUntil = begunAt + took + fresh;
    // For the next start of the platform; without it the same is found again.
    if (touched > 0 && this.#edited === null) await writeSeal(this.#sealFile, this.#files).catch(() => undefined);
  }

  #conclude(differing: readonly { readonly path: string; readonly content: string | null }[]): void {
    const [first] = differing;
    if (!first) return;
    const lines = differing.map(({ path, content }) => `${path} ${content ?? "gone"}`);
    const digest = `sha256:${createHash("sha256").update(lines.join("\n")).digest("hex")}` as Digest;
    this.#edited = { digest, path: first.path };
  }
}

const writeSeal = (sealFile: string, files: readonly SealedFile[]): Promise<void> =>
  writeDurably(sealFile, JSON.stringify({ version: 1, files }));

/** What changes with any write to a file; null: it is not there. */
async function statOf(path: string): Promise<string | null> {
  const found = await lstat(path, { bigint: true }).catch(() => null);
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

/** Of a file the hash of its bytes, of a link where it leads; null: it is not there, or cannot be read. */
async function contentOf(path: string): Promise<string | null> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return `link ${await readlink(path)}`;
    const hash = createHash("sha256");
    if (found.size <= longestWhole) return hash.update(await readFile(path)).digest("hex");
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest("hex");
  } catch {
    return null;
  }
}
