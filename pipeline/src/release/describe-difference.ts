import { type Digest, quoteInput, shortDigest } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { type WebFileList, webFileListSchema } from "../web/file-list.ts";
import type { ImageShelf } from "./build-ports.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type ImageFileList, imageFileListSchema } from "./image-files.ts";
import { firstLineDifference } from "./line-difference.ts";
import type { ReleaseImage, ReleaseManifest } from "./manifest.ts";
import { parseStored } from "./parse-stored.ts";
import type { ReleaseDraft } from "./release-draft.ts";
import { blobKey } from "./store-keys.ts";

interface Ports {
  readonly store: ObjectStore;
  readonly shelf: ImageShelf;
  readonly redact: (text: string) => string;
}
/** A file of an artifact, as far as two builds are compared by it. */
interface ComparedFile {
  readonly path: string;
  readonly sha256: Digest;
  readonly mode?: number;
}
type ReadFile = (file: ComparedFile) => Promise<Uint8Array | null>;

const mostFiles = 10;
const largestList = 64 * 1024 ** 2;

/** What differs between a published release and another build of the same commit: which file of which artifact, and where. */
export async function describeDifference(
  ports: Ports,
  published: ReleaseManifest,
  draft: ReleaseDraft,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { artifact, before, after } of comparedImages(published, draft.manifest)) {
    lines.push(...(await imageLines(ports, draft, artifact, before, after)));
  }
  lines.push(...(await webLines(ports, published, draft)));
  const rest = restLines(published, draft.manifest);
  return (lines.length > 0 ? lines : rest).map(ports.redact);
}

function comparedImages(published: ReleaseManifest, built: ReleaseManifest) {
  const all = (manifest: ReleaseManifest): Record<string, ReleaseImage> =>
    manifest.migrations?.engine === "sql"
      ? { ...manifest.images, migrations: manifest.migrations.runner.image }
      : manifest.images;
  const [before, after] = [all(published), all(built)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .map((artifact) => ({ artifact, before: before[artifact] ?? null, after: after[artifact] ?? null }))
    .filter((pair) => pair.before?.digest !== pair.after?.digest);
}

async function imageLines(
  ports: Ports,
  draft: ReleaseDraft,
  artifact: string,
  before: ReleaseImage | null,
  after: ReleaseImage | null,
): Promise<readonly string[]> {
  const whole = `${artifact}: ${named(before?.digest)}, now ${named(after?.digest)}`;
  const list = draft.imageFiles[artifact];
  if (before?.files === undefined || after === null || list === undefined) return [whole];
  const stored = await ports.store.get(blobKey(before.files));
  const parsed = stored === null ? null : parseStored<ImageFileList>(imageFileListSchema, stored.body, largestList);
  if (parsed?.status !== "parsed") return [whole];
  const lines = await fileLines(artifact, parsed.value.files, list.files, {
    before: (file) => ports.shelf.readFile(before, file.path),
    after: (file) => ports.shelf.readFile(after, file.path),
  });
  return lines.length > 0 ? lines : [whole];
}

async function webLines(ports: Ports, published: ReleaseManifest, draft: ReleaseDraft): Promise<readonly string[]> {
  const [before, after] = [published.web?.digest, draft.manifest.web?.digest];
  if (before === after) return [];
  const whole = `web: ${named(before)}, now ${named(after)}`;
  const stored = before === undefined ? null : await ports.store.get(blobKey(before));
  const parsed = stored === null ? null : parseStored<WebFileList>(webFileListSchema, stored.body, largestList);
  if (parsed?.status !== "parsed" || draft.web === null) return [whole];
  const blobs = new Map(draft.blobs.map((blob) => [blob.digest, blob]));
  const lines = await fileLines("web", parsed.value.files, draft.web.files, {
    before: async (file) => (await ports.store.get(blobKey(file.sha256)))?.body ?? null,
    after: async (file) => (await blobs.get(file.sha256)?.read()) ?? null,
  });
  return lines.length > 0 ? lines : [whole];
}

async function fileLines(
  artifact: string,
  before: readonly ComparedFile[],
  after: readonly ComparedFile[],
  read: { readonly before: ReadFile; readonly after: ReadFile },
): Promise<readonly string[]> {
  const [old, now] = [
    new Map(before.map((file) => [file.path, file])),
    new Map(after.map((file) => [file.path, file])),
  ];
  const differing = [...new Set([...old.keys(), ...now.keys()])].toSorted().filter((path) => {
    const [a, b] = [old.get(path), now.get(path)];
    return a?.sha256 !== b?.sha256 || a?.mode !== b?.mode;
  });
  const lines: string[] = [];
  for (const path of differing.slice(0, mostFiles)) {
    lines.push(...(await linesOfFile(`${artifact}, ${path}`, old.get(path), now.get(path), read)));
  }
  if (differing.length > mostFiles) lines.push(`${artifact}: and ${differing.length - mostFiles} more files`);
  return lines;
}

async function linesOfFile(
  name: string,
  before: ComparedFile | undefined,
  after: ComparedFile | undefined,
  read: { readonly before: ReadFile; readonly after: ReadFile },
): Promise<readonly string[]> {
  if (before !== undefined && before.sha256 === after?.sha256) {
    return [`${name}: mode ${before.mode?.toString(8)}, now ${after.mode?.toString(8)}`];
  }
  const digests = `${named(before?.sha256)}, now ${named(after?.sha256)}`;
  if (before === undefined || after === undefined) return [`${name}: ${digests}`];
  const [old, now] = [await read.before(before), await read.after(after)];
  const difference = old === null || now === null ? null : firstLineDifference(old, now);
  if (difference === null) return [`${name}: ${digests}`];
  return [`${name}:${difference.line}: ${digests}`, `${difference.before} is now ${difference.after}`];
}

/** Parts of a manifest that are no bytes of an artifact: they follow from slipway.yaml and from Slipway's version. */
function restLines(published: ReleaseManifest, built: ReleaseManifest): readonly string[] {
  const parts = ["app", "git", "services", "retired", "images", "web", "migrations"] as const;
  return parts.flatMap((part) => {
    const [before, after] = [canonicalJson(published[part]), canonicalJson(built[part])];
    return before === after ? [] : [`${part}: ${quoteInput(before)}, now ${quoteInput(after)}`];
  });
}

const named = (digest: Digest | undefined): string =>
  digest === undefined ? "not there" : `sha256:${shortDigest(digest)}`;
