import { type Digest, type Instant, isDigest, type Sha, shortSha } from "../../identifiers.ts";
import { millisecondsBetween } from "../../ledger/instants.ts";
import type { ObjectStore } from "../../ports.ts";
import type { ImageCellar } from "../build-ports.ts";
import { inParallel } from "../in-parallel.ts";
import { listReleaseShas } from "../list-releases.ts";
import { blobsOf, imagesOf } from "../parts-of-release.ts";
import { readRelease } from "../read-release.ts";
import { blobKey, blobPrefix } from "../store-keys.ts";
import type { CollectionAges } from "./ages.ts";
import { fencePublications } from "./fence-publications.ts";

export interface SweepInput {
  readonly store: ObjectStore;
  readonly images: ImageCellar;
  readonly ages: CollectionAges;
  readonly signal?: AbortSignal;
}
export type Swept =
  | { readonly status: "swept"; readonly blobs: number; readonly images: number; readonly bytes: number }
  /** Not everything that releases need is known, so nothing was removed. */
  | { readonly status: "left"; readonly because: readonly string[] };

interface Needed {
  readonly releases: ReadonlySet<Sha>;
  readonly blobs: ReadonlySet<Digest>;
  readonly images: ReadonlySet<Digest>;
  /** Releases that are there and do not tell what they need; a line each. */
  readonly unreadable: readonly string[];
}

/**
 * Removes blobs and images that no release lists and that were written long ago (protocol §9). What is there is listed first,
 * and is old by the time of that moment; then publications that have stood still are fenced off; what is needed is read last. So a
 * publication that rests on something old is either fenced off, or read, or has written it anew, and a removal is of the very write that was
 * seen. One that began while this sweep looked may rest on a release that another collector retired before it was read: where one
 * is gone that was there at the start, nothing is removed. None of it depends on how long any process stands still in between.
 * @throws PortError
 */
export async function sweepArtifacts(input: SweepInput): Promise<Swept> {
  const { store, images } = input;
  const keys = await store.list(blobPrefix);
  const there = await images.list();
  const now = await timeOf(store, keys);
  const before = await readNeeded(store);
  await fencePublications(store, input.ages);
  const needed = await readNeeded(store);
  const gone = [...before.releases].filter((sha) => !needed.releases.has(sha));
  if (gone.length > 0) return { status: "left", because: gone.map((sha) => `${shortSha(sha)} was retired meanwhile`) };
  if (needed.unreadable.length > 0) return { status: "left", because: needed.unreadable };
  const blobs = now === null ? [] : await inParallel(keys, (key) => sweepBlob(input, key, needed.blobs, now));
  const tars = await inParallel(there, async (image) => {
    input.signal?.throwIfAborted();
    if (needed.images.has(image.digest) || image.ageMilliseconds < input.ages.artifact) return null;
    return (await images.remove(image)) === "removed" ? image.bytes : null;
  });
  const sizes = [...blobs, ...tars].filter((bytes) => bytes !== null);
  return {
    status: "swept",
    blobs: blobs.filter((bytes) => bytes !== null).length,
    images: tars.filter((bytes) => bytes !== null).length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** The store's time, which every look at an object tells; null: none of them is there any more. */
async function timeOf(store: ObjectStore, keys: readonly string[]): Promise<Instant | null> {
  for (const key of keys) {
    const stored = await store.get(key);
    if (stored !== null) return stored.serverTime;
  }
  return null;
}

/** What every release that is no tombstone lists. */
async function readNeeded(store: ObjectStore): Promise<Needed> {
  const blobs = new Set<Digest>();
  const images = new Set<Digest>();
  const unreadable: string[] = [];
  const releases = new Set<Sha>();
  const need = async (sha: Sha): Promise<void> => {
    const look = await readRelease(store, sha);
    if (look.status === "corrupt") unreadable.push(`${shortSha(sha)}: ${look.because}`);
    if (look.status !== "found") return;
    releases.add(sha);
    for (const { digest } of blobsOf(look.release.manifest, look.web)) blobs.add(digest);
    for (const { image } of imagesOf(look.release.manifest)) images.add(image.digest);
  };
  await inParallel(await listReleaseShas(store), need);
  return { releases, blobs, images, unreadable };
}

/** Bytes that went; null: it stays. A key that is no blob's name is nobody's of ours. */
async function sweepBlob(
  { store, ages, signal }: SweepInput,
  key: string,
  needed: ReadonlySet<Digest>,
  now: Instant,
): Promise<number | null> {
  signal?.throwIfAborted();
  const digest = `sha256:${key.slice(blobPrefix.length)}`;
  if (!isDigest(digest) || blobKey(digest) !== key || needed.has(digest)) return null;
  const stored = await store.get(key);
  if (stored === null || millisecondsBetween(stored.writtenAt, now) < ages.artifact) return null;
  return (await store.deleteIfMatch(key, stored.write)) === "deleted" ? stored.body.length : null;
}
