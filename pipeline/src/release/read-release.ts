import { type Digest, type Instant, type Sha, shortDigest } from "../identifiers.ts";
import type { ObjectStore, StoredObject } from "../ports.ts";
import type { ReleaseLook } from "../promotion/facts.ts";
import { type WebFileList, webFileListSchema } from "../web/file-list.ts";
import { sha256 } from "./canonical-json.ts";
import { abandonedSchema, type ReleaseManifest, releaseManifestSchema, tombstoneSchema } from "./manifest.ts";
import { isStored, type ParsedDocument, parseStored } from "./parse-stored.ts";
import { pathTwins } from "./safe-path.ts";
import { blobKey, releaseKey } from "./store-keys.ts";

export const largestManifest = 4 * 1024 ** 2;
/** Of what stands in the place of a manifest: asked first, so that a manifest is not parsed twice. */
const largestSubstitute = 1024;
export const largestList = 32 * 1024 ** 2;

/**
 * Reads a release back and believes nothing: schema, canonical bytes, its own SHA, and the web file list by digest. What is
 * wrong is an answer ("corrupt"), never a throw.
 * @throws PortError when the store does not answer.
 */
export async function readRelease(store: ObjectStore, sha: Sha): Promise<ReleaseLook> {
  const look = await readManifest(store, sha);
  if (look.status !== "found") return look;
  const { web } = look.release.manifest;
  if (web === null) return { ...look, web: null };
  const list = await readWebList(store, web.digest);
  return list.status === "parsed" ? { ...look, web: list.value } : { status: "corrupt", because: list.because };
}

export type ManifestLook =
  | Exclude<ReleaseLook, { readonly status: "found" }>
  | {
      readonly status: "found";
      readonly release: {
        readonly manifest: ReleaseManifest;
        readonly digest: Digest;
        readonly publishedAt: Instant;
      };
    };

/** The manifest alone, without its web file list. */
export async function readManifest(store: ObjectStore, sha: Sha): Promise<ManifestLook> {
  const stored = await store.get(releaseKey(sha));
  return stored === null ? { status: "missing" } : judgeManifest(stored, sha);
}

/** What the stored bytes of release.json say. */
export function judgeManifest(stored: StoredObject, sha: Sha): ManifestLook {
  const corrupt = (because: string): ManifestLook => ({ status: "corrupt", because: `release.json ${because}` });
  if (isStored(tombstoneSchema, stored.body, largestSubstitute)) return { status: "retired" };
  if (isStored(abandonedSchema, stored.body, largestSubstitute)) return { status: "missing" };
  const parsed = parseStored(releaseManifestSchema, stored.body, largestManifest);
  if (parsed.status === "corrupt") return corrupt(parsed.because);
  const because = whyInconsistent(parsed.value, sha);
  if (because !== null) return corrupt(because);
  const release = { manifest: parsed.value, digest: sha256(stored.body), publishedAt: stored.writtenAt };
  return { status: "found", release };
}

/** What a schema cannot say of a manifest. */
export function whyInconsistent(manifest: ReleaseManifest, sha: Sha): string | null {
  if (manifest.git.sha !== sha) return `is of commit ${manifest.git.sha}`;
  const names = manifest.services.map((service) => service.name);
  if (new Set(names).size !== names.length) return "names a service twice";
  if (names.some((name) => !Object.hasOwn(manifest.images, name))) return "has a service without an image";
  if (Object.keys(manifest.images).some((name) => !names.some((service) => service === name))) {
    return "has an image without a service";
  }
  const migrations = manifest.migrations?.files.map((file) => file.name) ?? [];
  return new Set(migrations).size === migrations.length ? null : "names a migration twice";
}

/** Reads the file list that a digest names. */
export async function readWebList(store: ObjectStore, digest: Digest): Promise<ParsedDocument<WebFileList>> {
  const name = `web file list ${shortDigest(digest)}`;
  const stored = await store.get(blobKey(digest));
  if (stored === null) return { status: "corrupt", because: `${name} is missing` };
  if (sha256(stored.body) !== digest) return { status: "corrupt", because: `${name} has other bytes` };
  const parsed = parseStored(webFileListSchema, stored.body, largestList);
  if (parsed.status === "corrupt") return { status: "corrupt", because: `${name} ${parsed.because}` };
  const because = whyListInconsistent(parsed.value);
  return because === null ? parsed : { status: "corrupt", because: `${name} ${because}` };
}

/** What a schema cannot say of a web file list. */
export function whyListInconsistent({ files }: WebFileList): string | null {
  const twin = pathTwins(files.map((file) => file.path))[0];
  return twin === undefined ? null : `has one path twice: ${twin[1]}`;
}
