import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack as createPack } from "tar-stream";
import type { Digest } from "../../identifiers.ts";
import type { AddedFile } from "../../release/build-ports.ts";

/** A layer as a registry keeps it. */
export interface PackedLayer {
  readonly digest: Digest;
  readonly bytes: number;
  readonly file: string;
}

/** By this the image's configuration names it, however it is compressed. */
export async function diffIdOf(tar: AsyncIterable<Buffer>): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of tar) hash.update(chunk);
  return `sha256:${hash.digest("hex")}` as Digest;
}

export async function packLayer(tar: AsyncIterable<Buffer>, file: string): Promise<PackedLayer> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    tar,
    createGzip(),
    async function* (packed: AsyncIterable<Buffer>) {
      for await (const chunk of packed) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(file, { flags: "wx" }),
  );
  return { digest: `sha256:${hash.digest("hex")}` as Digest, bytes, file };
}

/** A layer of these files alone, below the folder that commands of the image start in. Everybody may read them. */
export async function layerOfFiles(
  files: readonly AddedFile[],
  workingFolder: string,
  commitSeconds: number,
): Promise<Buffer> {
  const below = workingFolder.replace(/^\/+|\/+$/g, "");
  const placed = files
    .map(({ path, bytes }) => ({ path: below === "" ? path : `${below}/${path}`, bytes }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  // Folders of the image stay as they are; those that the files bring must be there to be entered.
  const folders = new Set(
    placed.flatMap(({ path }) => foldersOf(path)).filter((folder) => folder.length > below.length),
  );
  const same = { uid: 0, gid: 0, uname: "", gname: "", mtime: new Date(commitSeconds * 1000) };
  const pack = createPack();
  for (const name of [...folders].toSorted()) pack.entry({ ...same, name: `${name}/`, type: "directory", mode: 0o755 });
  for (const { path, bytes } of placed) pack.entry({ ...same, name: path, mode: 0o644 }, Buffer.from(bytes));
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const foldersOf = (path: string): readonly string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join("/"));
