import { createHash, type Hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack as createPack, type Header, type Pack } from "tar-stream";
import type { Digest } from "../identifiers.ts";
import type { ImageFile } from "../release/image-files.ts";

/** One entry of an image, with its bytes to come. */
export interface TarEntry {
  readonly file: ImageFile;
  readonly read: () => Promise<Uint8Array>;
}

/** Writes the one tar that these entries have: sorted by the caller, no times, no owners, two modes. */
export async function writeImageTar(
  entries: readonly TarEntry[],
  path: string,
): Promise<{ readonly digest: Digest; readonly bytes: number }> {
  const pack = createPack();
  const hash = createHash("sha256");
  const counter = { bytes: 0 };
  const sink: Writable = createWriteStream(path, { flags: "wx", flush: true });
  const drained = pipeline(pack, hashing(hash, counter), sink);
  const filled = fill(pack, entries).catch((error: unknown) => {
    pack.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  // Both, whichever fails first: no stream may outlive this call.
  for (const part of await Promise.allSettled([filled, drained])) if (part.status === "rejected") throw part.reason;
  return { digest: `sha256:${hash.digest("hex")}` as Digest, bytes: counter.bytes };
}

async function fill(pack: Pack, entries: readonly TarEntry[]): Promise<void> {
  for (const { file, read } of entries) {
    const bytes = file.link === null ? await read() : null;
    await new Promise<void>((resolve, reject) => {
      const entry = pack.entry(headersOf(file), (error) => (error ? reject(error) : resolve()));
      // Written to the entry and not handed over whole: only so does the entry wait for the file to drain.
      if (bytes !== null) entry.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
  }
  pack.finalize();
}

function headersOf(file: ImageFile): Header {
  // A time of number 0 would be taken for "none given", which is now: a Date is not.
  const same = { name: file.path, uid: 0, gid: 0, uname: "", gname: "", devmajor: 0, devminor: 0, mtime: new Date(0) };
  return file.link === null
    ? { ...same, type: "file", mode: file.mode, linkname: "", size: file.bytes }
    : { ...same, type: "symlink", mode: 0o755, linkname: file.link, size: 0 };
}

function hashing(hash: Hash, counter: { bytes: number }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      counter.bytes += chunk.length;
      done(null, chunk);
    },
  });
}
