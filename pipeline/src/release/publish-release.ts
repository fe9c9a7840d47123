import { PortError, RefusalError } from "../errors.ts";
import { type Digest, type Instant, type Sha, shortSha } from "../identifiers.ts";
import { millisecondsBetween } from "../ledger/instants.ts";
import type { Clock, ObjectStore, Random } from "../ports.ts";
import { refuseCollisions } from "../web/collisions.ts";
import type { ImageShelf } from "./build-ports.ts";
import { canonicalBytes, sha256 } from "./canonical-json.ts";
import { longestPublicationMilliseconds } from "./collection/ages.ts";
import { readFence } from "./collection/fence-publications.ts";
import { readHeldRetention, retiredRefusal } from "./collection/retention.ts";
import { describeDifference } from "./describe-difference.ts";
import type { ReleaseManifest } from "./manifest.ts";
import { imagesOf } from "./parts-of-release.ts";
import { type EarlierRelease, holdBase, readEarlier } from "./publication-base.ts";
import { dropMarks, markPublishing, type PublicationMark } from "./publication-mark.ts";
import { readManifest } from "./read-release.ts";
import { buildIdentity, type ReleaseDraft } from "./release-draft.ts";
import { putBackManifest, refuseOffRecord, restoreRelease } from "./restore-release.ts";
import { sendBlobs } from "./send-blobs.ts";
import { releaseKey, retentionKey } from "./store-keys.ts";

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

  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    // Once more each time: others may have published while this one stood still.
    const earlier = await readEarlier(store, window);
    if (draft.web !== null)
      refuseCollisions(
        draft.web,
        earlier.flatMap(({ release, web }) => (web === null ? [] : [{ sha: release.manifest.git.sha, list: web }])),
      );
    const end = await publishOnce(ports, draft, earlier[0] ?? null);
    if (end !== "fenced-off") return end;
  }
  throw new PortError(`put ${releaseKey(sha)}`, "none", `a collector has ended this publication ${mostAttempts} times`);
}

/** A collector ends only what has stood still for days, or whose machine it took for such a one: once is rare. */
const mostAttempts = 3;

async function publishOnce(
  ports: PublishPorts,
  draft: ReleaseDraft,
  newest: EarlierRelease | null,
): Promise<Published | "fenced-off"> {
  const { store, clock, random } = ports;
  const { manifest, blobs } = draft;
  const { sha } = manifest.git;
  const by = manifest.publisher.by.slice(0, 300);
  const mark = await markPublishing(store, clock, sha, { nonce: random.nonce(), by });
  const fence = await readFence(store, sha);
  const base = await holdBase(store, newest, mark.nonce, mark.at);
  let mayStillLand = false;
  let isThere = false;
  try {
    const sent = await sendBlobs(store, blobs, base?.has ?? new Set());
    await keepImages(ports.shelf, manifest);
    await refuseOverdue(store, sha, mark);
    const body = canonicalBytes(manifest);
    const key = releaseKey(sha);
    const put = await (fence === null ? store.putIfAbsent(key, body) : store.putIfMatch(key, body, fence)).catch(
      (error: unknown) => {
        mayStillLand = error instanceof PortError && error.effect === "possible";
        throw error;
      },
    );
    isThere = put.status === "written";
    if (put.status === "written")
      return { status: "published", digest: sha256(body), written: sent.written + 1, present: sent.present };
    // Another build of this commit was faster: the same bytes are fine.
    return (await compareWithPublished(ports, draft)) ?? "fenced-off";
  } finally {
    // A request without an answer may make the release visible later: what it rests on stays marked until the marks are old.
    if (!mayStillLand) await dropMarks(store, sha, mark, { base: base?.sha ?? null, isThere });
  }
}

/** They may have been built long ago, or have gone since: a collector knows of them only by when they were written. */
async function keepImages(shelf: ImageShelf, manifest: ReleaseManifest): Promise<void> {
  for (const { name, image } of imagesOf(manifest)) {
    if ((await shelf.keep(image)) === "kept") continue;
    throw new RefusalError({
      code: "publish-failed",
      message: `the image of ${name} is gone since it was built. No release was published.`,
      next: ["promote build"],
    });
  }
}

/** Tells in time what would be fenced off: the store's clock counts also while this machine sleeps, or its clock is set. */
async function refuseOverdue(store: ObjectStore, sha: Sha, { at }: PublicationMark): Promise<void> {
  const { serverTime } = await readHeldRetention(store, sha);
  if (serverTime === null) throw new PortError(`get ${retentionKey(sha)}`, "none", "it was written, and is not there");
  if (millisecondsBetween(at, serverTime) < longestPublicationMilliseconds) return;
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
