import * as z from "zod";
import { PortError, RefusalError, UnreadableObjectError } from "../../errors.ts";
import {
  type EnvironmentName,
  type Epoch,
  environmentNamePattern,
  type Instant,
  type Sha,
  shortSha,
} from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { canonicalBytes } from "../canonical-json.ts";
import { parseStored } from "../parse-stored.ts";
import { retentionKey } from "../store-keys.ts";

const retentionSchema = z.strictObject({
  version: z.literal(1),
  /** Set by the collector, for ever. */
  retired: z.boolean(),
  /**
   * A build that is putting this release's objects into the store. `at`, by the store's clock, is when the oldest began that
   * may still make the release visible: a publication that takes the place of another one's mark keeps its `at`.
   */
  publishing: z.strictObject({ nonce: z.string().max(64), at: z.iso.datetime(), by: z.string().max(300) }).nullable(),
  /** Environments that need this release, and the epoch that said so. */
  pins: z.record(z.string().regex(environmentNamePattern), z.number().int().nonnegative()),
  /** Publications, by nonce, that do not send again what this release has; they end as `publishing` does. */
  bases: z.record(z.string().max(64), z.iso.datetime()),
});
/** `releases/<sha>/retention.json`: pin and collection meet in one object (protocol R23, R24). */
export type Retention = z.infer<typeof retentionSchema>;

const untouched: Retention = { version: 1, retired: false, publishing: null, pins: {}, bases: {} };
/** Each lost race is somebody else's progress; this many in a row is a store that does not compare. */
const mostRaces = 50;

export async function readRetention(store: ObjectStore, sha: Sha): Promise<Retention> {
  return (await readHeldRetention(store, sha)).retention;
}

/** What was read, and what a change of it is conditioned on. */
export interface HeldRetention {
  readonly retention: Retention;
  /** Null: not there yet. */
  readonly etag: string | null;
  /** The store's time of this look; null: not there yet. */
  readonly serverTime: Instant | null;
}

/** @throws PortError, also when what is stored cannot be read. */
export async function readHeldRetention(store: ObjectStore, sha: Sha): Promise<HeldRetention> {
  const stored = await store.get(retentionKey(sha));
  if (stored === null) return { retention: untouched, etag: null, serverTime: null };
  const parsed = parseStored(retentionSchema, stored.body, 1024 ** 2);
  if (parsed.status === "parsed") return { retention: parsed.value, etag: stored.etag, serverTime: stored.serverTime };
  throw new UnreadableObjectError(retentionKey(sha), parsed.because);
}

/**
 * Changes the object by create or compare-and-swap, again after each lost race. `change` answers null to leave it as it is;
 * it is told the store's time, where the object is there. Retired is for ever: nothing is changed then.
 */
export async function changeRetention(
  store: ObjectStore,
  sha: Sha,
  change: (retention: Retention, storeTime: Instant | null) => Retention | null,
): Promise<"changed" | "retired"> {
  const key = retentionKey(sha);
  for (let race = 0; race < mostRaces; race += 1) {
    const held = await readHeldRetention(store, sha);
    if (held.retention.retired) return "retired";
    const wanted = change(held.retention, held.serverTime);
    if (wanted === null) return "changed";
    if (await swapRetention(store, sha, held, wanted)) return "changed";
  }
  throw new PortError(`put ${key}`, "none", `lost ${mostRaces} races in a row`);
}

/** False: somebody else has changed it since it was read. */
export async function swapRetention(
  store: ObjectStore,
  sha: Sha,
  { etag }: Pick<HeldRetention, "etag">,
  wanted: Retention,
): Promise<boolean> {
  const key = retentionKey(sha);
  const body = canonicalBytes(wanted);
  const put = await (etag === null ? store.putIfAbsent(key, body) : store.putIfMatch(key, body, etag));
  return put.status === "written";
}

/** R23: keeps a release for an environment; written even when the pin is there already, so that a collector loses its race. */
export async function pinRelease(
  store: ObjectStore,
  sha: Sha,
  environment: EnvironmentName,
  epoch: Epoch,
): Promise<"pinned" | "retired"> {
  const end = await changeRetention(store, sha, (retention) => ({
    ...retention,
    pins: { ...retention.pins, [environment]: Math.max(epoch, retention.pins[environment] ?? 0) },
  }));
  return end === "retired" ? "retired" : "pinned";
}

export const retiredRefusal = (sha: Sha): RefusalError =>
  new RefusalError({
    code: "release-missing",
    message: `${shortSha(sha)} was retired from the store, and a retired commit never returns. Nothing was changed.`,
    next: ["git commit --allow-empty && promote build"],
  });
