import { isSha, type Sha } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { inParallel } from "./in-parallel.ts";
import type { StoredRelease } from "./manifest.ts";
import { readManifest } from "./read-release.ts";

/** Commits that have a release.json, retired and damaged ones too; one listing. */
export const listReleaseShas = (store: ObjectStore): Promise<readonly Sha[]> => shasWith(store, "release.json");
/** Commits that have a retention.json: releases, and publications that never came to an end; one listing. */
export const listMarkedShas = (store: ObjectStore): Promise<readonly Sha[]> => shasWith(store, "retention.json");

async function shasWith(store: ObjectStore, name: string): Promise<readonly Sha[]> {
  const keys = await store.list("releases/");
  return keys.flatMap((key) => {
    const [, sha = "", last, ...more] = key.split("/");
    return last === name && more.length === 0 && isSha(sha) ? [sha] : [];
  });
}

/** Published releases that can be read, newest first; one read a release. */
export async function listReleases(
  store: ObjectStore,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly StoredRelease[]> {
  const looks = await inParallel(await listReleaseShas(store), (sha) => readManifest(store, sha));
  return looks
    .flatMap((look) => (look.status === "found" ? [look.release] : []))
    .toSorted((a, b) => (a.publishedAt < b.publishedAt ? 1 : a.publishedAt > b.publishedAt ? -1 : 0))
    .slice(0, limit);
}

/** Releases that are there and are not what they should be; one read a release. */
export async function listDamagedReleases(
  store: ObjectStore,
): Promise<readonly { readonly sha: Sha; readonly because: string }[]> {
  const shas = await listReleaseShas(store);
  const looks = await inParallel(shas, async (sha) => ({ sha, look: await readManifest(store, sha) }));
  return looks.flatMap(({ sha, look }) => (look.status === "corrupt" ? [{ sha, because: look.because }] : []));
}
