import { PortError, RefusalError } from "../errors.ts";
import { type Digest, type Instant, type Sha, shortSha } from "../identifiers.ts";
import { millisecondsBetween } from "../ledger/instants.ts";
import type { Clock, ObjectStore, Random } from "../ports.ts";
import { refuseCollisions } from "../web/collisions.ts";
import type { ImageShelf } from "./build-ports.ts";
import { canonicalBytes, sha256 } from "./canonical-json.ts";
import { longestPublicationMilliseconds } from "./collection/ages.ts";
import { changeRetention, readHeldRetention, retiredRefusal } from "./collection/retention.ts";
import { describeDifference } from "./describe-difference.ts";
import { dropMarks, holdBase, readEarlier } from "./publication-base.ts";
import { readManifest } from "./read-release.ts";
import { buildIdentity, type ReleaseDraft } from "./release-draft.ts";
import { putBackManifest, refuseOffRecord, restoreRelease } from "./restore-release.ts";
import { sendBlobs } from "./send-blobs.ts";
import { releaseKey } from "./store-keys.ts";

export interface PublishPorts {
  readonly store: ObjectStore;
  readonly shelf: ImageShelf;
  readonly clock: Clock;
  readonly random: Random;
  readonly redact: (text: string) => string;
}
export type Published =
  | {
      readonly status: "published";
      readonly digest: Digest;
      /** Objects written: blobs that the store lacked, and release.json. */
      readonly written: number;
      /** Blobs that were there. */
      readonly present: number;
    }
  /** Somebody published the same bytes before: nothing was written but what was lost or damaged since. */
  | {
      readonly status: "same";
      readonly digest: Digest;
      readonly publishedAt: Instant;
      readonly by: string;
      readonly restored: number;
    };

/**
 * Puts a built release into the store: blobs by content, release.json create-only and last, so that a publication killed
 * anywhere is no release and can simply be run again. `window` is how many earlier releases are asked for asset names.
 * @throws RefusalError `build-differs`, `web-collision`, `release-missing` (retired), `release-corrupt`, `publish-failed`.
 */
export async function publishRelease(ports: PublishPorts, draft: ReleaseDraft, window: number): Promise<Published> {
  const { store } = ports;
  const { sha } = draft.manifest.git;
  const before = await compareWithPublished(ports, draft);
  if (before !== null) return { ...before, restored: before.restored + (await restoreRelease(store, draft)) };

  const earlier = await readEarlier(store, window);
  if (draft.web !== null)
    refuseCollisions(
      draft.web,
      earlier.flatMap(({ release, web }) => (web === null ? [] : [{ sha: release.manifest.git.sha, list: web }])),
    );

  const nonce = ports.random.nonce();
  const at = ports.clock.now();
  const publishing = { nonce, at, by: draft.manifest.publisher.by.slice(0, 300) };
  if ((await changeRetention(store, sha, (retention) => ({ ...retention, publishing }))) === "retired") {
    throw retiredRefusal(sha);
  }
  const base = await holdBase(store, earlier[0] ?? null, nonce, at);
  let mayStillLand = false;
  try {
    const sent = await sendBlobs(store, draft.blobs, base?.has ?? new Set());
    refuseOverdue(sha, millisecondsBetween(at, ports.clock.now()));
    const body = canonicalBytes(draft.manifest);
    const put = await store.putIfAbsent(releaseKey(sha), body).catch((error: unknown) => {
      mayStillLand = error instanceof PortError && error.effect === "possible";
      throw error;
    });
    if (put.status === "written")
      return { status: "published", digest: sha256(body), written: sent.written + 1, present: sent.present };
    // Another build of this commit was faster: the same bytes are fine.
    const rival = await compareWithPublished(ports, draft);
    if (rival !== null) return rival;
    throw new PortError(`put ${releaseKey(sha)}`, "none", "the store says that it is there, and does not have it");
  } finally {
    // A request without an answer may make the release visible later: what it rests on stays marked until the marks are old.
    if (!mayStillLand) await dropMarks(store, sha, nonce, base?.sha ?? null);
  }
}

/** What was kept for this publication may be gone by now: the machine slept, or stood still. */
function refuseOverdue(sha: Sha, milliseconds: number): void {
  if (milliseconds < longestPublicationMilliseconds) return;
  throw new RefusalError({
    code: "publish-failed",
    message: `publishing ${shortSha(sha)} has taken longer than a day. No release was published.`,
    next: ["promote build"],
  });
}

/** Null: not published yet. */
async function compareWithPublished(
  ports: PublishPorts,
  draft: ReleaseDraft,
): Promise<Extract<Published, { status: "same" }> | null> {
  const { sha } = draft.manifest.git;
  const look = await readManifest(ports.store, sha);
  switch (look.status) {
    case "missing":
      // A commit that was never published has no retention object, and no ledger needs to be asked.
      if ((await readHeldRetention(ports.store, sha)).etag !== null) await refuseOffRecord(ports.store, draft);
      return null;
    case "retired":
      throw retiredRefusal(sha);
    case "corrupt":
      return await putBackManifest(ports.store, draft, look.because);
    case "found": {
      const { manifest, digest, publishedAt } = look.release;
      if (buildIdentity(manifest) === buildIdentity(draft.manifest)) {
        return { status: "same", digest, publishedAt, by: manifest.publisher.by, restored: 0 };
      }
      throw new RefusalError({
        code: "build-differs",
        message: `${shortSha(sha)} is published with other bytes. The published release stays.`,
        evidence: await describeDifference(ports, manifest, draft),
        next: ["take times from SOURCE_DATE_EPOCH; what is published can be promoted as it is"],
      });
    }
  }
}
