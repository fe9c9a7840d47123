import { shortSha } from "../../identifiers.ts";
import { listQuarantined } from "../../policy/quarantine.ts";
import type { Clock, ObjectStore, Random } from "../../ports.ts";
import { canonicalBytes } from "../../release/canonical-json.ts";
import { listDamagedReleases } from "../../release/list-releases.ts";
import { readPolicy } from "../../release/publish-policy.ts";
import { examined, type Finding, no, ok, restore, unknown } from "./finding.ts";

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
      const names = policy?.policy.environments.map(({ name }) => name).join(", ");
      return [ok("policy", policy ? `of ${names}` : "none was published yet: slipway.yaml is asked")];
    })),
    ...(await examined("releases", async () => {
      const damaged = await listDamagedReleases(store);
      return damaged.map(({ sha, because }) =>
        // What it said of itself is gone with it: no build can prove that it is the same.
        no("releases", `${shortSha(sha)} is damaged: ${because}`, restore, "git commit --allow-empty && promote build"),
      );
    })),
    ...(await examined("quarantine", async () => {
      await listQuarantined(store);
      return [];
    })),
  ];
}

/** Written by compare-and-swap, read back, listed: a store that fails one of these forks ledgers. */
async function probe({ store, clock, random }: StorePorts): Promise<Finding> {
  const body = canonicalBytes({ version: 1, nonce: random.nonce(), at: clock.now() });
  const before = await store.get(probeKey);
  const put = await (before ? store.putIfMatch(probeKey, body, before.etag) : store.putIfAbsent(probeKey, body));
  if (put.status === "conflict") return unknown("store", "somebody else examines it at this moment", "promote doctor");
  const found = await store.get(probeKey);
  const isOurs = found !== null && (Buffer.compare(found.body, body) === 0 || found.etag !== put.etag);
  if (!isOurs) return no("store", `${store.address} does not give back what it took`);
  if (!(await store.list("probe")).includes(probeKey))
    return no("store", `${store.address} does not list what it took`);
  return ok("store", `${store.address}: written, read back and listed`);
}
