import { PortError } from "../../errors.ts";
import type { EnvironmentName, Instant, Sha } from "../../identifiers.ts";
import { millisecondsBetween } from "../../ledger/instants.ts";
import { listEnvironments } from "../../ledger/list-environments.ts";
import { readStanding } from "../../ledger/read-ledger.ts";
import type { Standing } from "../../ledger/records.ts";
import { listQuarantined } from "../../policy/quarantine.ts";
import type { ObjectStore, StoredObject } from "../../ports.ts";
import { canonicalBytes, sha256 } from "../canonical-json.ts";
import { inParallel } from "../in-parallel.ts";
import { listReleaseShas } from "../list-releases.ts";
import { judgeManifest, type ManifestLook } from "../read-release.ts";
import { releaseKey } from "../store-keys.ts";
import type { CollectionAges } from "./ages.ts";
import { isPinOver, releasesInUse } from "./releases-in-use.ts";
import { type HeldRetention, type Retention, readHeldRetention, swapRetention } from "./retention.ts";

export interface RetireInput {
  readonly store: ObjectStore;
  /** Releases that each environment keeps to go back to, and newest releases that are kept whether promoted or not. */
  readonly window: number;
  readonly ages: CollectionAges;
  readonly signal?: AbortSignal;
}
/** What became of a release that was there. */
export interface Retirement {
  readonly sha: Sha;
  readonly end: "retired" | "kept";
  /** Why it was kept; null: retired. */
  readonly because: string | null;
}

interface Look {
  readonly sha: Sha;
  readonly held: HeldRetention;
  readonly stored: StoredObject;
  readonly manifest: ManifestLook;
}

/**
 * Takes releases that nothing needs any more out of the store, for ever (R24). Their retention objects are read first and
 * the ledgers after them: a run that pins later makes the swap to `retired` fail, one that pinned before stands in its
 * ledger. Only then release.json becomes a tombstone. Killed anywhere, the next call goes on.
 * @throws PortError; BrokenChainError where a ledger cannot be read: nothing is known to be unneeded then.
 */
export async function retireReleases(input: RetireInput): Promise<readonly Retirement[]> {
  const { store, window, ages, signal } = input;
  const looks = await lookAtReleases(store);
  const standings = await readStandings(store);
  const quarantined = await listQuarantined(store);
  const environments = [...standings].map(([name, standing]) => ({
    name,
    standing,
    inUse: releasesInUse(standing, window, quarantined),
  }));
  const newest = newestReleases(looks, window);
  return await inParallel(looks, async (look): Promise<Retirement> => {
    signal?.throwIfAborted();
    const because = whyKept(look, environments, ages) ?? newest.get(look.sha) ?? (await retire(store, look));
    return { sha: look.sha, end: because === null ? "retired" : "kept", because };
  });
}

/** What stands in the place of a release is left out: nothing of it is left to do. */
async function lookAtReleases(store: ObjectStore): Promise<readonly Look[]> {
  const looks = await inParallel(await listReleaseShas(store), async (sha) => {
    const held = await readHeldRetention(store, sha);
    const stored = await store.get(releaseKey(sha));
    if (stored === null) throw new PortError(`get ${releaseKey(sha)}`, "none", "it was listed, and is not there");
    return { sha, held, stored, manifest: judgeManifest(stored, sha) };
  });
  return looks.filter(({ manifest }) => manifest.status === "found" || manifest.status === "corrupt");
}

async function readStandings(store: ObjectStore): Promise<ReadonlyMap<EnvironmentName, Standing>> {
  const names = await listEnvironments(store);
  return new Map(await inParallel(names, async (name) => [name, await readStanding(store, name)] as const));
}

/** By when they were published; each with why it is kept. */
function newestReleases(looks: readonly Look[], window: number): ReadonlyMap<Sha, string> {
  const living = looks.filter(({ held }) => !held.retention.retired);
  const newestFirst = living.toSorted((a, b) => (a.stored.writtenAt < b.stored.writtenAt ? 1 : -1));
  return new Map(newestFirst.slice(0, window).map(({ sha }) => [sha, `it is one of the newest ${window}`]));
}

interface Environment {
  readonly name: EnvironmentName;
  readonly standing: Standing;
  readonly inUse: ReadonlySet<Sha>;
}

/** Null: nothing needs it. One that somebody began to retire is needed by nobody, for ever. */
function whyKept(look: Look, environments: readonly Environment[], ages: CollectionAges): string | null {
  const { sha, held, manifest } = look;
  if (held.retention.retired) return null;
  if (manifest.status === "corrupt") return manifest.because;
  const user = environments.find(({ inUse }) => inUse.has(sha));
  if (user) return `${user.name} may need it`;
  const pinned = stillPinned(held.retention, environments);
  if (pinned !== null) return pinned;
  const { writtenAt, serverTime } = look.stored;
  if (millisecondsBetween(writtenAt, serverTime) < ages.release) return "it is young";
  return isHeldByPublication(held.retention, serverTime, ages) ? "somebody is publishing on top of it" : null;
}

/** A pin of an environment that has no ledger here stays: nothing tells that its run has ended. */
function stillPinned({ pins }: Retention, environments: readonly Environment[]): string | null {
  for (const [name, epoch] of Object.entries(pins)) {
    const standing = environments.find((environment) => environment.name === name)?.standing;
    if (!standing || !isPinOver(standing, epoch)) return `epoch ${epoch} of ${name} is not settled`;
  }
  return null;
}

function isHeldByPublication({ publishing, bases }: Retention, now: Instant, { abandoned }: CollectionAges): boolean {
  const marks = [...(publishing === null ? [] : [publishing.at]), ...Object.values(bases)];
  return marks.some((at) => millisecondsBetween(at as Instant, now) < abandoned);
}

/** Null: it is gone. `retired` is on record before the tombstone is. Otherwise why it stays. */
async function retire(store: ObjectStore, { sha, held, stored, manifest }: Look): Promise<string | null> {
  const retired: Retention = { ...held.retention, retired: true, publishing: null, pins: {}, bases: {} };
  const isRetired = held.retention.retired || (await swapRetention(store, sha, held, retired));
  if (!isRetired) return "somebody asked for it meanwhile";
  // Of one that was damaged since it was retired: what is left of it.
  const digest = manifest.status === "found" ? manifest.release.digest : sha256(stored.body);
  const tombstone = canonicalBytes({ version: 1, tombstone: true, sha, digest, at: stored.serverTime });
  // A conflict is another collector's tombstone: nobody else ever writes there.
  await store.putIfMatch(releaseKey(sha), tombstone, stored.etag);
  return null;
}
