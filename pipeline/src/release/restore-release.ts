import { PortError, RefusalError } from "../errors.ts";
import { shortDigest, shortSha } from "../identifiers.ts";
import { BrokenChainError } from "../ledger/chain.ts";
import type { ObjectStore } from "../ports.ts";
import { canonicalBytes, digestOf, sha256 } from "./canonical-json.ts";
import { pinRelease, readRetention, retiredRefusal } from "./collection/retention.ts";
import { type OnRecord, readOnRecord, spellOnRecord } from "./on-record.ts";
import type { Published } from "./publish-release.ts";
import type { ReleaseDraft } from "./release-draft.ts";
import { restoreBlobs } from "./send-blobs.ts";
import { releaseKey } from "./store-keys.ts";

/** Whatever of a published release was lost or damaged, and the pins of the environments that ran it. */
export async function restoreRelease(store: ObjectStore, { manifest, blobs }: ReleaseDraft): Promise<number> {
  const { sha } = manifest.git;
  const restored = await restoreBlobs(store, blobs);
  const { pins, retired } = await readRetention(store, sha);
  if (retired) return restored;
  const onRecord = await readOnRecord(store, sha).catch((error: unknown) => {
    if (error instanceof BrokenChainError) return [];
    throw error;
  });
  const loose = onRecord.filter(({ environment }) => pins[environment] === undefined);
  // A pin keeps and takes nothing away: one too many goes with the next collection.
  for (const { environment, epoch } of loose) await pinRelease(store, sha, environment, epoch);
  return restored + loose.length;
}

/** A damaged release.json says nothing of what it was; a ledger does, and then a build of those very bytes may take its place. */
export async function putBackManifest(
  store: ObjectStore,
  draft: ReleaseDraft,
  because: string,
): Promise<Extract<Published, { status: "same" }>> {
  const { manifest } = draft;
  const { sha } = manifest.git;
  const stored = await store.get(releaseKey(sha));
  if ((await readRetention(store, sha)).retired) throw retiredRefusal(sha);
  const onRecord = await refuseOffRecord(store, draft);
  if (stored === null || onRecord.length === 0) {
    throw new RefusalError({
      code: "release-corrupt",
      message: `${shortSha(sha)} is in the store and damaged. Nothing was changed.`,
      evidence: [because],
      next: ["promote doctor"],
    });
  }
  await restoreBlobs(store, draft.blobs);
  const body = canonicalBytes(manifest);
  const put = await store.putIfMatch(releaseKey(sha), body, stored.etag);
  if (put.status === "conflict")
    throw new PortError(`put ${releaseKey(sha)}`, "none", "somebody else has changed it meanwhile");
  return { status: "same", digest: sha256(body), publishedAt: put.serverTime, by: manifest.publisher.by, restored: 1 };
}

/** What ran under this commit's name is known by its digest: no other bytes may take its place. */
export async function refuseOffRecord(store: ObjectStore, { manifest }: ReleaseDraft): Promise<readonly OnRecord[]> {
  const onRecord = await readOnRecord(store, manifest.git.sha);
  const digest = digestOf(manifest);
  const other = onRecord.find((ran) => ran.digest !== digest);
  if (other === undefined) return onRecord;
  throw new RefusalError({
    code: "build-differs",
    message: `${shortSha(manifest.git.sha)} ran with another release.json, which is lost. Nothing was changed.`,
    evidence: [
      `release.json: now sha256:${shortDigest(digest)}, ${spellOnRecord(other)}`,
      `published now by ${manifest.publisher.by}: another publisher is another release.json`,
    ],
    next: [`put ${releaseKey(manifest.git.sha)} back from a copy, or build where it was published from`],
  });
}
