import { type EnvironmentName, type Sha, shortSha } from "../../identifiers.ts";
import { BrokenChainError } from "../../ledger/chain.ts";
import { storeApprovals } from "../../policy/approvals.ts";
import { listQuarantined } from "../../policy/quarantine.ts";
import type { Clock, ObjectStore, Random } from "../../ports.ts";
import { canonicalBytes } from "../../release/canonical-json.ts";
import { inParallel } from "../../release/in-parallel.ts";
import { listDamagedReleases } from "../../release/list-releases.ts";
import { readOnRecord } from "../../release/on-record.ts";
import { readPolicy } from "../../release/publish-policy.ts";
import { policyKey, releaseKey } from "../../release/store-keys.ts";
import { examined, type Finding, no, ok, putBack, unknown } from "./finding.ts";

/** Rewritten by each examination; nothing else is ever kept there. */
const probeKey = "probe.json";

export interface StorePorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Whether the store takes, keeps, gives back and lists; and whether what all environments share can be read. */
export async function examineStore(ports: StorePorts): Promise<readonly Finding[]> {
  const { store } = ports;
  return [
    ...(await examined("store", async () => [await probe(ports)])),
    ...(await examined("policy", async () => {
      const policy = await readPolicy(store);
      if (policy) return [ok("policy", `of ${policy.policy.environments.map(({ name }) => name).join(", ")}`)];
      if ((await store.list("policies/")).length === 0)
        return [ok("policy", "none was published yet: slipway.yaml is asked")];
      const text = `${policyKey} is missing, and one was published: slipway.yaml decides now`;
      return [no("policy", text, "promote build")];
    })),
    ...(await examined("releases", async () => {
      const damaged = await listDamagedReleases(store);
      return await inParallel(damaged, async ({ sha, because }) =>
        no("releases", `${shortSha(sha)} is damaged: ${because}`, ...(await waysBack(store, sha))),
      );
    })),
    ...(await examined("quarantine", async () => {
      await listQuarantined(store);
      return [];
    })),
    ...(await examined("approvals", async () => {
      await readApprovals(store);
      return [];
    })),
  ];
}

/**
 * Where an environment ran the release, its ledger proves that a build gives the same release.json; where none did,
 * nothing is lost with it but what a build gives again.
 */
async function waysBack(store: ObjectStore, sha: Sha): Promise<readonly string[]> {
  const key = releaseKey(sha);
  const build = `promote build --sha ${sha}`;
  const onRecord = await readOnRecord(store, sha).catch((error: unknown) => {
    if (error instanceof BrokenChainError) return null;
    throw error;
  });
  if (onRecord === null) return [putBack(key)];
  if (onRecord.length > 0) return [build, putBack(key)];
  return [putBack(key, `remove it, since it never ran, then: ${build}`)];
}

/** Every approval that was ever given, of whatever release. @throws UnreadableObjectError */
async function readApprovals(store: ObjectStore): Promise<void> {
  const keys = await store.list("approvals/");
  const subjects = new Set(keys.map((key) => key.split("/").slice(1, 3).join("/")));
  const { list } = storeApprovals(store);
  await inParallel([...subjects], async (subject) => {
    const [environment, sha] = subject.split("/");
    await list(environment as EnvironmentName, sha as Sha);
  });
}

/** Written by compare-and-swap, read back, listed: a store that fails one of these forks ledgers. */
async function probe({ store, clock, random }: StorePorts): Promise<Finding> {
  const body = canonicalBytes({ version: 1, nonce: random.nonce(), at: clock.now() });
  const before = await store.get(probeKey);
  const put = await (before ? store.putIfMatch(probeKey, body, before.etag) : store.putIfAbsent(probeKey, body));
  if (put.status === "conflict") return unknown("store", "somebody else examines it at this moment", "promote doctor");
  const found = await store.get(probeKey);
  // Another etag is another examination's write, unless it is the one from before: that is a stale answer.
  const isOurs = found !== null && Buffer.compare(found.body, body) === 0;
  const isLater = found !== null && found.etag !== put.etag && found.etag !== before?.etag;
  if (!isOurs && !isLater) return no("store", `${store.address} does not give back what it took`);
  if (!(await store.list("probe")).includes(probeKey))
    return no("store", `${store.address} does not list what it took`);
  return ok("store", `${store.address}: written, read back and listed`);
}
