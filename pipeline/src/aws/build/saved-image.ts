import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { posix } from "node:path";
import { createGunzip, createZstdDecompress } from "node:zlib";
import * as z from "zod";
import { blockBytes, linkOf, nameOf, numberOf, padded, typeOf } from "./tar-header.ts";

/** What `docker save` wrote of one image. */
export interface SavedImage {
  readonly config: Uint8Array;
  /** Tars, the lowest first. Each may be read again and again. */
  readonly layers: readonly (() => AsyncIterable<Buffer>)[];
}
interface Piece {
  readonly at: number;
  readonly bytes: number;
  /** Of a layer that an image has twice. */
  readonly link: string | null;
}

const longestDocumentBytes = 4 * 2 ** 20;
const listSchema = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).length(1);

/** `file` is read, and has to stay while layers are. @throws Error for what is no such file */
export async function openSavedImage(file: string): Promise<SavedImage> {
  const handle = await open(file, "r");
  try {
    const pieces = await readPieces(handle);
    const pieceOf = (name: string): Piece => {
      const found = pieces.get(name);
      const piece = found?.link ? pieces.get(posix.join(posix.dirname(name), found.link)) : found;
      if (piece === undefined || piece.link !== null) throw new Error(`docker save wrote no ${name}`);
      return piece;
    };
    const read = async (name: string): Promise<Buffer> => {
      const { at, bytes } = pieceOf(name);
      if (bytes > longestDocumentBytes) throw new Error(`docker save wrote a ${name} of ${bytes} bytes`);
      return (await handle.read(Buffer.alloc(bytes), 0, bytes, at)).buffer;
    };
    const [list] = listSchema.parse(JSON.parse((await read("manifest.json")).toString()));
    const layers = await Promise.all(
      (list?.Layers ?? []).map(async (name) => {
        const piece = pieceOf(name);
        const { buffer: magic } = await handle.read(Buffer.alloc(4), 0, 4, piece.at);
        return () => tarOf(file, piece, magic);
      }),
    );
    return { config: await read(list?.Config ?? ""), layers };
  } finally {
    await handle.close();
  }
}

/** Where in the file each of its entries lies. */
async function readPieces(handle: FileHandle): Promise<ReadonlyMap<string, Piece>> {
  const pieces = new Map<string, Piece>();
  const header = Buffer.alloc(blockBytes);
  for (let at = 0; (await handle.read(header, 0, blockBytes, at)).bytesRead === blockBytes; ) {
    if (header.every((byte) => byte === 0)) break;
    const bytes = numberOf(header, "size");
    const link = typeOf(header) === "2" || typeOf(header) === "1" ? linkOf(header) : null;
    pieces.set(nameOf(header), { at: at + blockBytes, bytes, link });
    at += blockBytes + (link === null ? padded(bytes) : 0);
  }
  return pieces;
}

/** An engine that keeps images as registries do saves layers as they were compressed. */
function tarOf(file: string, { at, bytes }: Piece, magic: Buffer): AsyncIterable<Buffer> {
  const raw = createReadStream(file, { start: at, end: at + bytes - 1, highWaterMark: 2 ** 20 });
  const kind = magic.toString("hex");
  const opened = kind.startsWith("1f8b") ? createGunzip() : kind === "28b52ffd" ? createZstdDecompress() : null;
  if (opened === null) return raw;
  raw.on("error", (error) => opened.destroy(error));
  return raw.pipe(opened);
}
