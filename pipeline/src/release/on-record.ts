import { type Digest, type EnvironmentName, type Epoch, type Sha, shortDigest } from "../identifiers.ts";
import { listEnvironments } from "../ledger/list-environments.ts";
import { readStanding } from "../ledger/read-ledger.ts";
import type { ObjectStore } from "../ports.ts";

/** That an environment ran a release, and which release.json that was. */
export interface OnRecord {
  readonly environment: EnvironmentName;
  readonly epoch: Epoch;
  readonly digest: Digest;
}

/** What the ledgers say of a release: the newest run of each environment and release.json. @throws PortError, BrokenChainError */
export async function readOnRecord(store: ObjectStore, sha: Sha): Promise<readonly OnRecord[]> {
  const names = await listEnvironments(store);
  const standings = await Promise.all(names.map((name) => readStanding(store, name)));
  return standings.flatMap(({ good }, at) => {
    const runs = good.flatMap(({ epoch, ...run }) => [
      { epoch, sha: run.sha, digest: run.digest },
      { epoch, sha: run.webSha, digest: run.webDigest },
    ]);
    const newest = new Map<Digest, Epoch>();
    for (const run of runs.toReversed()) if (run.sha === sha && run.digest !== null) newest.set(run.digest, run.epoch);
    return [...newest].map(([digest, epoch]) => ({ environment: names[at] as EnvironmentName, epoch, digest }));
  });
}

export const spellOnRecord = ({ environment, epoch, digest }: OnRecord): string =>
  `epoch ${epoch} of ${environment} ran sha256:${shortDigest(digest)}`;
