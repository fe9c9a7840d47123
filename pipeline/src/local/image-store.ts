import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import {
  access,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { extract as createExtract, type Header } from "tar-stream";
import { PortError } from "../errors.ts";
import { type Digest, isDigest, quoteInput } from "../identifiers.ts";
import type { ImageCellar, ImageShelf, ImageVerdict } from "../release/build-ports.ts";
import { pathTwins, resolveLink, whyUnsafe } from "../release/safe-path.ts";
import { hexOf } from "../release/store-keys.ts";
import { codeOf } from "./file-error.ts";
import { createImageCellar, takeAllBack, takeBack } from "./image-cellar.ts";

/** Images of the local target: `<folder>/<hex>.tar`, each named by the sha256 of its bytes. */
export interface ImageStore extends ImageShelf {
  has(digest: Digest): Promise<boolean>;
  list(): Promise<readonly Digest[]>;
  /** Reads and hashes the whole tar. */
  check(digest: Digest): Promise<ImageVerdict>;
  /**
   * Writes the image's files into `folder`, which must not be there yet and is there afterwards only if every byte was
   * right. Folders in between are made; ownership is the caller's.
   * @throws Error when the image is missing, has other bytes than its name says, or holds a path that leads out.
   */
  unpack(digest: Digest, folder: string): Promise<void>;
  /** Takes over a finished tar; a second one of the same digest is dropped. */
  adopt(tar: string, digest: Digest): Promise<void>;
  /**
   * Copies a tar that somebody else wrote, once every byte and every path of it was judged; one that is here, whole, stays.
   * The tar itself is never a link.
   */
  take(digest: Digest, tar: string): Promise<ImageVerdict | { readonly status: "refused"; readonly because: string }>;
  /** A new name inside the store's folder, for a tar to be written. */
  temporary(): Promise<string>;
  readonly cellar: ImageCellar;
}

const largestText = 64 * 1024;

/** `folder` is the store's `images/`; it is made when the first image comes. */
export function createImageStore(folder: string): ImageStore {
  const pathOf = (digest: Digest): string => join(folder, `${hexOf(digest)}.tar`);
  const isReadable = (path: string): Promise<boolean> =>
    access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
  const has = async (digest: Digest): Promise<boolean> =>
    (await isReadable(pathOf(digest))) ||
    ((await takeBack(folder, digest).catch(() => false)) && (await isReadable(pathOf(digest))));
  const check = async (digest: Digest): Promise<ImageVerdict> => {
    if (!(await has(digest))) return { status: "missing" };
    try {
      const { found, bytes } = await hashFile(pathOf(digest));
      return found === digest ? { status: "same", bytes } : { status: "differs", found };
    } catch (cause) {
      if (codeOf(cause) === "EISDIR") return { status: "differs", found: "a folder" };
      throw new PortError(`read ${pathOf(digest)}`, "none", codeOf(cause) ?? String(cause), { cause });
    }
  };

  const adopt = async (tar: string, digest: Digest): Promise<void> => {
    if ((await check(digest).catch(() => null))?.status === "differs") await setAside(pathOf(digest));
    await rename(tar, pathOf(digest));
    const handle = await open(folder, "r");
    // The name must survive a power cut before a release may point to it.
    await handle.sync().finally(() => handle.close());
  };
  const temporary = async (): Promise<string> => {
    await mkdir(folder, { recursive: true });
    await sweep(folder);
    return join(folder, `.${randomUUID()}.partial`);
  };

  return {
    has,
    check,
    adopt,
    temporary,
    async take(digest, tar) {
      const here = await check(digest);
      if (here.status === "same" && (await touch(pathOf(digest)))) return here;
      const found = await lstat(tar).catch(nothingThere);
      if (found === null) return { status: "missing" };
      if (!found.isFile()) return { status: "refused", because: "is no plain file" };
      const copy = await temporary();
      try {
        await copyFile(tar, copy);
        const verdict = await judgeTar(copy, digest);
        if (verdict.status !== "same") return verdict;
        const handle = await open(copy, "r");
        await handle.sync().finally(() => handle.close());
        await adopt(copy, digest);
        return verdict;
      } finally {
        await rm(copy, { force: true });
      }
    },
    cellar: createImageCellar(folder),
    verify: (image) => check(image.digest),
    async keep({ digest }) {
      // A collector may give it another name between the two; what is put back is found by the second look.
      for (const _look of ["first", "second"]) {
        if ((await has(digest)) && (await touch(pathOf(digest)))) return "kept";
      }
      return "missing";
    },
    readFile: async ({ digest }, path) => ((await has(digest)) ? await readFromTar(pathOf(digest), path) : null),
    async list() {
      await takeAllBack(folder).catch(() => false);
      const names = (await readdir(folder).catch(nothingThere)) ?? [];
      return names
        .map((name) => `sha256:${name.replace(/\.tar$/, "")}`)
        .filter(isDigest)
        .toSorted();
    },
    async unpack(digest, target) {
      const partial = `${target}.${randomUUID()}.partial`;
      await mkdir(partial, { recursive: true });
      await has(digest);
      try {
        await unpackVerified(pathOf(digest), digest, partial);
        await rename(partial, target);
      } catch (error) {
        await rm(partial, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

async function hashFile(path: string): Promise<{ readonly found: Digest; readonly bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { found: `sha256:${hash.digest("hex")}` as Digest, bytes };
}

/** What somebody or a disk has made of a tar is kept for whoever wants to know, under a name that nothing reads. */
async function setAside(path: string): Promise<void> {
  await rename(path, `${path}.${randomUUID()}.damaged`);
}

/** So that a collector sees it as written now; false: it is gone. */
async function touch(path: string): Promise<boolean> {
  const time = new Date();
  return await utimes(path, time, time).then(
    () => true,
    (error: NodeJS.ErrnoException) => nothingThere(error) !== null,
  );
}

const abandonedMilliseconds = 24 * 3_600_000;

/** Tars that a killed build has begun. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".partial")) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedMilliseconds)
      await rm(join(folder, name), { force: true });
  }
}

function nothingThere(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

async function unpackVerified(tar: string, digest: Digest, folder: string): Promise<void> {
  const hash = createHash("sha256");
  const names: string[] = [];
  const links: { readonly path: string; readonly target: string }[] = [];
  const made = new Set<string>();
  for await (const { headers, body } of entriesOf(tar, (chunk) => hash.update(chunk))) {
    const path = join(folder, safeName(headers));
    names.push(headers.name);
    if (headers.type === "symlink") {
      links.push({ path, target: safeTarget(headers) });
      continue;
    }
    if (headers.type !== "file")
      throw new Error(`image ${digest} holds a ${headers.type ?? "nameless"}: ${headers.name}`);
    const parent = dirname(path);
    if (!made.has(parent)) await mkdir(parent, { recursive: true });
    made.add(parent);
    await writeFile(path, await body(), { flag: "wx", mode: (headers.mode ?? 0) & 0o100 ? 0o755 : 0o644 });
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest) throw new Error(`image ${digest} has other bytes than its name says: ${found}`);
  refuseTwins(names);
  // Links come last, and none is where another path needs a folder: nothing is ever written through one.
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
}

/** A stranger's tar: right bytes, and nothing in it that `unpack` would refuse. */
async function judgeTar(tar: string, digest: Digest): Promise<ImageVerdict | { status: "refused"; because: string }> {
  const hash = createHash("sha256");
  const names: string[] = [];
  let bytes = 0;
  try {
    for await (const { headers } of entriesOf(tar, (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    })) {
      if (headers.type === "symlink") safeTarget(headers);
      else if (headers.type !== "file") return { status: "refused", because: `holds a ${headers.type ?? "nameless"}` };
      names.push(safeName(headers));
    }
    refuseTwins(names);
  } catch (error) {
    return { status: "refused", because: error instanceof Error ? error.message : String(error) };
  }
  const found = `sha256:${hash.digest("hex")}`;
  return found === digest ? { status: "same", bytes } : { status: "differs", found };
}

/** One name twice, or a link that is the folder of another entry, which would then lie where the link leads. */
function refuseTwins(names: readonly string[]): void {
  const [twins] = pathTwins(names);
  if (twins !== undefined)
    throw new Error(`image holds one path twice: ${quoteInput(twins[0])} and ${quoteInput(twins[1])}`);
}

function safeName(headers: Header): string {
  const because = whyUnsafe(headers.name);
  if (because !== null) throw new Error(`image holds a path that ${because}: ${quoteInput(headers.name)}`);
  return headers.name;
}

function safeTarget(headers: Header): string {
  const target = headers.linkname ?? "";
  if (resolveLink(headers.name, target) !== null) return target;
  throw new Error(`image holds a link that leads out of it: ${quoteInput(headers.name)}`);
}

async function readFromTar(tar: string, wanted: string): Promise<Uint8Array | null> {
  try {
    for await (const { headers, body } of entriesOf(tar, () => undefined)) {
      if (headers.name !== wanted || headers.type !== "file") continue;
      return (headers.size ?? 0) > largestText ? null : await body();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return null;
}

interface OpenEntry {
  readonly headers: Header;
  /** The content, whole. Left unread, it is skipped. */
  readonly body: () => Promise<Buffer>;
}

/** Entries one after the other; every byte of the tar, padding too, is shown to `onChunk` first. */
async function* entriesOf(tar: string, onChunk: (chunk: Buffer) => void): AsyncGenerator<OpenEntry> {
  const source = createReadStream(tar, { highWaterMark: 1 << 18 });
  const extract = createExtract();
  source.on("data", (chunk) => onChunk(chunk as Buffer));
  source.on("error", (error) => extract.destroy(error));
  source.pipe(extract);
  try {
    for await (const entry of extract) {
      let read = false;
      yield {
        headers: entry.header,
        body: async () => {
          read = true;
          const chunks: Buffer[] = [];
          for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
          return Buffer.concat(chunks);
        },
      };
      if (!read) entry.resume();
    }
  } finally {
    source.destroy();
    extract.destroy();
  }
}
