import { RefusalError } from "../errors.ts";
import { type Digest, quoteInput, shortDigest } from "../identifiers.ts";
import { type WebFileList, webFileListSchema } from "../web/file-list.ts";
import type { ImageVerdict } from "./build-ports.ts";
import { canonicalBytes, sha256 } from "./canonical-json.ts";
import { type ImageFileList, imageFileListSchema } from "./image-files.ts";
import { inParallel } from "./in-parallel.ts";
import { type ReleaseImage, type ReleaseManifest, releaseManifestSchema } from "./manifest.ts";
import { parseStored } from "./parse-stored.ts";
import { largestList, largestManifest, whyInconsistent, whyListInconsistent } from "./read-release.ts";
import type { ReleaseBlob, ReleaseDraft } from "./release-draft.ts";
import { hexOf } from "./store-keys.ts";

/**
 * What `build --out` leaves and `publish --from` reads: `build.json` (the manifest without its publisher), `blobs/<hex>` and
 * `images/<hex>.tar`, plain files named by what they hold. Whoever reads it believes nothing but one digest.
 */
export interface BuiltFolder {
  /** Removes what an earlier build left. @throws UserError when anything else is there */
  clear(): Promise<void>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Null: not there. A link, or a file of more than `largest` bytes, is "refused". */
  read(name: string, largest: number): Promise<Uint8Array | null | "refused">;
  /** Takes an image of the folder into the target's own keeping, after every byte and path of it was judged. */
  takeImage(image: ReleaseImage): Promise<ImageVerdict | { readonly status: "refused"; readonly because: string }>;
}

const builtName = "build.json";
const builtSchema = releaseManifestSchema.omit({ publisher: true });
const blobName = (digest: Digest): string => `blobs/${hexOf(digest)}`;
const largestImageList = 64 * 1024 ** 2;

/** build.json comes last: a folder that a killed build left cannot be published. */
export async function writeBuilt(
  folder: BuiltFolder,
  draft: ReleaseDraft,
): Promise<{ readonly digest: Digest; readonly files: number }> {
  const blobs = [...new Map(draft.blobs.map((blob) => [blob.digest, blob])).values()];
  await inParallel(blobs, async ({ digest, read }) => folder.write(blobName(digest), await read()));
  const { publisher: _, ...built } = draft.manifest;
  const body = canonicalBytes(built);
  await folder.write(builtName, body);
  return { digest: sha256(body), files: blobs.length + 1 };
}

/**
 * Reads the folder back as a draft whose every document is what `digest` says; other files are read, and compared, when they are sent.
 * @throws RefusalError `release-corrupt`
 */
export async function readBuilt(
  folder: BuiltFolder,
  digest: Digest,
  publisher: ReleaseManifest["publisher"],
): Promise<ReleaseDraft> {
  const body = await readNamed(folder, builtName, digest, largestManifest);
  const parsed = parseStored(builtSchema, body, largestManifest);
  if (parsed.status === "corrupt") throw corrupt(`${builtName} ${parsed.because}`);
  const manifest: ReleaseManifest = { ...parsed.value, publisher };
  const because = whyInconsistent(manifest, manifest.git.sha);
  if (because !== null) throw corrupt(`${builtName} ${because}`);
  const imageFiles = await readImageLists(folder, manifest);
  const web = manifest.web === null ? null : await readWeb(folder, manifest.web.digest);
  const lists = [...Object.values(imageFiles).map(canonicalBytes), ...(web === null ? [] : [canonicalBytes(web)])];
  return {
    manifest,
    web,
    imageFiles,
    blobs: [
      ...lists.map((bytes): ReleaseBlob => ({ digest: sha256(bytes), read: async () => bytes })),
      ...(web?.files ?? []).map((file): ReleaseBlob => ({ digest: file.sha256, read: () => readBlob(folder, file) })),
    ],
  };
}

/** A file of the web list, whole. @throws RefusalError `release-corrupt` */
export const readBlob = (folder: BuiltFolder, file: { readonly sha256: Digest; readonly bytes: number }) =>
  readNamed(folder, blobName(file.sha256), file.sha256, file.bytes);

async function readImageLists(
  folder: BuiltFolder,
  { images, migrations }: ReleaseManifest,
): Promise<Readonly<Record<string, ImageFileList>>> {
  const named = [
    ...Object.entries(images),
    ...(migrations?.engine === "sql" ? [["migrations", migrations.runner.image] as const] : []),
  ];
  const lists: Record<string, ImageFileList> = {};
  for (const [name, { files }] of named) {
    if (files === undefined) continue;
    const body = await readNamed(folder, blobName(files), files, largestImageList);
    const parsed = parseStored(imageFileListSchema, body, largestImageList);
    if (parsed.status === "corrupt") throw corrupt(`the file list of ${name} ${parsed.because}`);
    lists[name] = parsed.value;
  }
  return lists;
}

async function readWeb(folder: BuiltFolder, digest: Digest): Promise<WebFileList> {
  const parsed = parseStored(
    webFileListSchema,
    await readNamed(folder, blobName(digest), digest, largestList),
    largestList,
  );
  if (parsed.status === "corrupt") throw corrupt(`the web file list ${parsed.because}`);
  const because = whyListInconsistent(parsed.value);
  if (because !== null) throw corrupt(`the web file list ${because}`);
  return parsed.value;
}

async function readNamed(folder: BuiltFolder, name: string, digest: Digest, largest: number): Promise<Uint8Array> {
  const bytes = await folder.read(name, largest);
  if (bytes === null) throw corrupt(`${name} is not there: the build did not end, or the folder is another one`);
  if (bytes === "refused") throw corrupt(`${name} is a link, or larger than ${largest} bytes`);
  const found = sha256(bytes);
  if (found !== digest) throw corrupt(`${name}: sha256:${shortDigest(found)}, expected sha256:${shortDigest(digest)}`);
  return bytes;
}

/** @throws RefusalError `release-corrupt` naming each image that is not what the manifest says */
export async function takeImages(folder: BuiltFolder, { images, migrations }: ReleaseManifest): Promise<number> {
  const all = [...Object.entries(images), ...(migrations ? [["migrations", migrations.runner.image] as const] : [])];
  const distinct = [...new Map(all.map(([name, image]) => [image.digest, { name, image }])).values()];
  for (const { name, image } of distinct) {
    const verdict = await folder.takeImage(image);
    const because = whyNotTaken(image, verdict);
    if (because !== null) throw corrupt(`the image of ${quoteInput(name)} ${because}`);
  }
  return distinct.length;
}

function whyNotTaken(image: ReleaseImage, verdict: Awaited<ReturnType<BuiltFolder["takeImage"]>>): string | null {
  if (verdict.status === "missing") return `is not there: images/${hexOf(image.digest)}.tar`;
  if (verdict.status === "differs") return `has other bytes: ${verdict.found}`;
  if (verdict.status === "refused") return verdict.because;
  return verdict.bytes === image.bytes ? null : `has ${verdict.bytes} bytes, not ${image.bytes}`;
}

const corrupt = (evidence: string): RefusalError =>
  new RefusalError({
    code: "release-corrupt",
    message: "the folder does not hold what the digest says. Nothing was published.",
    evidence: [evidence],
  });
