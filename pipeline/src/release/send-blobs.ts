import { PortError, RefusalError } from "../errors.ts";
import { type Digest, shortDigest } from "../identifiers.ts";
import { millisecondsBetween } from "../ledger/instants.ts";
import type { ObjectStore } from "../ports.ts";
import { sha256 } from "./canonical-json.ts";
import { freshMilliseconds } from "./collection/ages.ts";
import { inParallel } from "./in-parallel.ts";
import type { ReleaseBlob } from "./release-draft.ts";
import { blobKey, blobPrefix } from "./store-keys.ts";

/** Puts into the store what `known`, which is kept from collection, does not have there. Answers how many were written. */
export async function sendBlobs(
  store: ObjectStore,
  blobs: readonly ReleaseBlob[],
  known: ReadonlySet<Digest>,
): Promise<{ readonly written: number; readonly present: number }> {
  const wanted = eachOnce(blobs);
  // What the base lists is kept, and may be lost all the same: one listing tells, where a look at each would cost a request.
  const there = known.size === 0 ? null : new Set(await store.list(blobPrefix));
  const lacking = wanted.filter(({ digest }) => !known.has(digest) || !there?.has(blobKey(digest)));
  const ends = await inParallel(lacking, (blob) => sendBlob(store, blob, freshMilliseconds));
  const written = ends.filter((end) => end !== "present").length;
  return { written, present: wanted.length - written };
}

/** The release is published: whatever of it is gone or has other bytes is put back, since its name proves what it was. */
export async function restoreBlobs(store: ObjectStore, blobs: readonly ReleaseBlob[]): Promise<number> {
  const ends = await inParallel(eachOnce(blobs), (blob) => sendBlob(store, blob, Number.POSITIVE_INFINITY));
  return ends.filter((end) => end !== "present").length;
}

const eachOnce = (blobs: readonly ReleaseBlob[]): readonly ReleaseBlob[] => [
  ...new Map(blobs.map((blob) => [blob.digest, blob])).values(),
];

/** Each lost race is a collector's removal or another publisher's write. */
const mostRaces = 50;

/**
 * What is there already is written again unless that was lately: nothing keeps it from collection but its age, since no
 * release that is known to be kept lists it (protocol §9). Other bytes under the name are damage, and are replaced.
 */
async function sendBlob(
  store: ObjectStore,
  { digest, read }: ReleaseBlob,
  oldMilliseconds: number,
): Promise<"written" | "present"> {
  const key = blobKey(digest);
  for (let race = 0; race < mostRaces; race += 1) {
    const found = await store.get(key);
    const isRight = found !== null && sha256(found.body) === digest;
    if (isRight && millisecondsBetween(found.writtenAt, found.serverTime) < oldMilliseconds) return "present";
    const bytes = await readBuilt(digest, read);
    const put = await (found === null ? store.putIfAbsent(key, bytes) : store.putIfMatch(key, bytes, found.etag));
    if (put.status === "written") return "written";
  }
  throw new PortError(`put ${key}`, "none", `lost ${mostRaces} races in a row`);
}

async function readBuilt(digest: Digest, read: ReleaseBlob["read"]): Promise<Uint8Array> {
  const bytes = await read();
  if (sha256(bytes) === digest) return bytes;
  throw new RefusalError({
    code: "build-failed",
    message: `a built file changed while it was being published (sha256:${shortDigest(digest)}). No release was published.`,
  });
}
