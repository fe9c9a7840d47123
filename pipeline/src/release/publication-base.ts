import type { Digest, Instant, Sha } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import type { WebFileList } from "../web/file-list.ts";
import { changeRetention } from "./collection/retention.ts";
import { inParallel } from "./in-parallel.ts";
import { listReleases } from "./list-releases.ts";
import type { StoredRelease } from "./manifest.ts";
import { imagesOf } from "./parts-of-release.ts";
import { readWebList } from "./read-release.ts";

export interface EarlierRelease {
  readonly release: StoredRelease;
  readonly web: WebFileList | null;
}

/** The newest releases with their web lists, each list read once; one that cannot be read says nothing. */
export async function readEarlier(store: ObjectStore, window: number): Promise<readonly EarlierRelease[]> {
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
export async function holdBase(
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
  for (const { image } of imagesOf(manifest)) if (image.files !== undefined) has.add(image.files);
  if (newest.web !== null && manifest.web !== null) {
    has.add(manifest.web.digest);
    for (const file of newest.web.files) has.add(file.sha256);
  }
  return { sha: manifest.git.sha, has };
}
