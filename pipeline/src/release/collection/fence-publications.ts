import type { Instant, Sha } from "../../identifiers.ts";
import { millisecondsBetween } from "../../ledger/instants.ts";
import type { ObjectStore } from "../../ports.ts";
import { canonicalBytes } from "../canonical-json.ts";
import { inParallel } from "../in-parallel.ts";
import { listMarkedShas } from "../list-releases.ts";
import { judgeManifest } from "../read-release.ts";
import { releaseKey } from "../store-keys.ts";
import type { CollectionAges } from "./ages.ts";
import { readHeldRetention, swapRetention } from "./retention.ts";

/**
 * Stands for publications that had their mark in the place of an older one, and that came by the place after the fence: they count as begun
 * when it was put. A second fence later none of them is left, since each is older than it may be.
 */
const fenced = "fenced";
const ours = { nonce: fenced, by: "a collection" };

/**
 * Publications that have stood still for longer than any may take can make nothing visible any more, whenever they wake up
 * and however late their last request lands: a note that they were abandoned takes the place for which that request was meant.
 * The commit counts as never published, and whoever publishes it next replaces the note.
 * @throws PortError when it is not certain that all of them are fenced off
 */
export async function fencePublications(store: ObjectStore, ages: CollectionAges): Promise<void> {
  await inParallel(await listMarkedShas(store), (sha) => fencePublication(store, sha, ages));
}

async function fencePublication(store: ObjectStore, sha: Sha, { overdue }: CollectionAges): Promise<void> {
  const held = await readHeldRetention(store, sha);
  const { publishing, retired } = held.retention;
  if (publishing === null || retired || held.serverTime === null) return;
  if (millisecondsBetween(publishing.at as Instant, held.serverTime) < overdue) return;
  const place = await lookAtPlace(store, sha);
  if (place.status !== "taken") await putFence(store, sha, place.etag, held.serverTime);
  await swapRetention(store, sha, held, {
    ...held.retention,
    publishing: place.status === "taken" || publishing.nonce === fenced ? null : { ...ours, at: held.serverTime },
  });
}

/** What a publication's last request is conditioned on: the etag of a fence; null: that nothing is there. */
export async function readFence(store: ObjectStore, sha: Sha): Promise<string | null> {
  const place = await lookAtPlace(store, sha);
  return place.status === "fenced" ? place.etag : null;
}

type Place =
  | { readonly status: "free"; readonly etag: null }
  | { readonly status: "fenced"; readonly etag: string }
  /** A release, or what somebody has made of one. */
  | { readonly status: "taken" };

async function lookAtPlace(store: ObjectStore, sha: Sha): Promise<Place> {
  const stored = await store.get(releaseKey(sha));
  if (stored === null) return { status: "free", etag: null };
  return judgeManifest(stored, sha).status === "missing"
    ? { status: "fenced", etag: stored.etag }
    : { status: "taken" };
}

async function putFence(store: ObjectStore, sha: Sha, etag: string | null, at: Instant): Promise<void> {
  const key = releaseKey(sha);
  const body = canonicalBytes({ version: 1, abandoned: true, sha, at, replaces: etag });
  // A conflict is the release itself, or another collector's fence: the place is taken all the same.
  await (etag === null ? store.putIfAbsent(key, body) : store.putIfMatch(key, body, etag));
}
