import { PortError, RefusalError } from "../errors.ts";
import { type Digest, type Instant, type Sha, shortDigest, shortSha } from "../identifiers.ts";
import { BrokenChainError } from "../ledger/chain.ts";
import { millisecondsBetween } from "../ledger/instants.ts";
import type { Clock, ObjectStore, Random } from "../ports.ts";
import { refuseCollisions } from "../web/collisions.ts";
import type { WebFileList } from "../web/file-list.ts";
import type { ImageShelf } from "./build-ports.ts";
import { canonicalBytes, digestOf, sha256 } from "./canonical-json.ts";
import { freshMilliseconds, longestPublicationMilliseconds } from "./collection/ages.ts";
import {
  changeRetention,
  pinRelease,
  readHeldRetention,
  readRetention,
  retiredRefusal,
} from "./collection/retention.ts";
import { describeDifference } from "./describe-difference.ts";
import { inParallel } from "./in-parallel.ts";
import { listReleases } from "./list-releases.ts";
import type { StoredRelease } from "./manifest.ts";
import { type OnRecord, readOnRecord, spellOnRecord } from "./on-record.ts";
import { readManifest, readWebList } from "./read-release.ts";
import { buildIdentity, type ReleaseBlob, type ReleaseDraft } from "./release-draft.ts";
import { blobKey, blobPrefix, releaseKey } from "./store-keys.ts";

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
  if (before !== null) return { ...before, restored: before.restored + (await restore(store, draft)) };

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

/** What ran under this commit's name is known by its digest: no other bytes may take its place. */
async function refuseOffRecord(store: ObjectStore, { manifest }: ReleaseDraft): Promise<readonly OnRecord[]> {
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

/** A damaged release.json says nothing of what it was; a ledger does, and then a build of those very bytes may take its place. */
async function putBackManifest(
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

interface EarlierRelease {
  readonly release: StoredRelease;
  readonly web: WebFileList | null;
}

/** The newest releases with their web lists, each list read once; one that cannot be read says nothing. */
async function readEarlier(store: ObjectStore, window: number): Promise<readonly EarlierRelease[]> {
  const releases = await listReleases(store, window);
  const digests = [
    ...new Set(releases.flatMap(({ manifest }) => (manifest.web === null ? [] : [manifest.web.digest]))),
  ];
  const lists = new Map(
    await inParallel(digests, async (digest) => {
      const list = await readWebList(store, digest);
      return [digest, list.status === "parsed" ? list.value : null] as const;
    }),
  );
  return releases.map((release) => {
    const digest = release.manifest.web?.digest;
    return { release, web: digest === undefined ? null : (lists.get(digest) ?? null) };
  });
}

/**
 * What the newest release has is not sent again. Its retention object says so first: a collector that is about to retire it
 * loses that race, so nothing that was skipped can go away before release.json names it (protocol §9).
 */
async function holdBase(
  store: ObjectStore,
  newest: EarlierRelease | null,
  nonce: string,
  at: Instant,
): Promise<{ readonly sha: Sha; readonly has: ReadonlySet<Digest> } | null> {
  if (newest === null) return null;
  const { manifest } = newest.release;
  const held = await changeRetention(store, manifest.git.sha, (retention) => ({
    ...retention,
    bases: { ...retention.bases, [nonce]: at },
  }));
  if (held === "retired") return null;
  const has = new Set<Digest>();
  for (const image of [
    ...Object.values(manifest.images),
    ...(manifest.migrations ? [manifest.migrations.runner.image] : []),
  ]) {
    if (image.files !== undefined) has.add(image.files);
  }
  if (newest.web !== null && manifest.web !== null) {
    has.add(manifest.web.digest);
    for (const file of newest.web.files) has.add(file.sha256);
  }
  return { sha: manifest.git.sha, has };
}

const eachOnce = (blobs: readonly ReleaseBlob[]): readonly ReleaseBlob[] => [
  ...new Map(blobs.map((blob) => [blob.digest, blob])).values(),
];

async function sendBlobs(
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

/** Whatever of a published release was lost or damaged, and the pins of the environments that ran it. */
async function restore(store: ObjectStore, { manifest, blobs }: ReleaseDraft): Promise<number> {
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

/** The release is published: whatever of it is gone or has other bytes is put back, since its name proves what it was. */
async function restoreBlobs(store: ObjectStore, blobs: readonly ReleaseBlob[]): Promise<number> {
  const ends = await inParallel(eachOnce(blobs), (blob) => sendBlob(store, blob, Number.POSITIVE_INFINITY));
  return ends.filter((end) => end !== "present").length;
}

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

/** Marks that stay behind after a kill do no harm: the collector passes over those older than a day. */
async function dropMarks(store: ObjectStore, sha: Sha, nonce: string, base: Sha | null): Promise<void> {
  const dropped = [
    changeRetention(store, sha, (retention) =>
      retention.publishing?.nonce === nonce ? { ...retention, publishing: null } : null,
    ),
    ...(base === null
      ? []
      : [
          changeRetention(store, base, ({ bases: { [nonce]: ours, ...bases }, ...retention }) =>
            ours === undefined ? null : { ...retention, bases },
          ),
        ]),
  ];
  for (const end of await Promise.allSettled(dropped)) {
    if (end.status === "rejected" && !(end.reason instanceof PortError)) throw end.reason;
  }
}
