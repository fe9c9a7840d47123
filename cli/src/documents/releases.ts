import { listDamagedReleases, listReleases, readStanding, runningOf } from "@slipway/pipeline";
import type { Session } from "../session.ts";
import type { ReleasesDocument } from "./schemas/releases.ts";
import { newestDocument } from "./status.ts";

const shown = 20;

/** The newest releases, and where each runs by record. @throws PortError */
export async function releasesDocument({ store, policy: { policy } }: Session): Promise<ReleasesDocument> {
  const releases = await listReleases(store, shown);
  const damaged = await listDamagedReleases(store);
  const running = await Promise.all(
    policy.environments.map(async ({ name }) => ({ name, sha: runningOf(await readStanding(store, name))?.sha })),
  );
  const runsIn = (sha: string): readonly string[] => running.filter((one) => one.sha === sha).map(({ name }) => name);
  return {
    kind: "releases",
    version: 1,
    app: policy.app,
    newest: newestDocument(releases[0] ?? null),
    releases: releases.map(({ manifest, publishedAt, digest }) => ({
      sha: manifest.git.sha,
      subject: manifest.git.subject,
      digest,
      publishedAt,
      by: manifest.publisher.by,
      environments: runsIn(manifest.git.sha),
    })),
    damaged: damaged.map(({ sha, because }) => ({ sha, because, environments: runsIn(sha) })),
    exit: 0,
  };
}
