import { asBuiltAt, asRebuiltAt, type Site } from "./site.ts";
import { type Bucket, type SyncFile, type SyncRun, syncFolder } from "./size-and-time-sync.ts";

export interface SyncedSite {
  readonly first: SyncRun;
  readonly freshBuild: SyncRun;
  readonly incremental: SyncRun;
  /** Going back from a folder that was kept since the older release was built, and from one built again. */
  readonly backKept: SyncRun;
  readonly backFresh: SyncRun;
  readonly backKeptTime: SyncRun;
}

/** Straight into the live bucket, an hour apart: built, published, changed, published, taken back. */
export function syncSites(older: Site, newer: Site): SyncedSite {
  const hour = (n: number) => n * 3_600_000;
  const nothing: Bucket = new Map();
  const kept = asBuiltAt(older, hour(1));
  const rebuilt: readonly SyncFile[] = asRebuiltAt(newer, kept, hour(3));
  const first = syncFolder(kept, nothing, "newer", hour(2));
  const incremental = syncFolder(rebuilt, first.bucket, "newer", hour(4));
  const withTimes = syncFolder(rebuilt, syncFolder(kept, nothing, "kept-time", hour(2)).bucket, "kept-time", hour(4));
  return {
    first,
    freshBuild: syncFolder(asBuiltAt(newer, hour(3)), first.bucket, "newer", hour(4)),
    incremental,
    backKept: syncFolder(kept, incremental.bucket, "newer", hour(5)),
    backFresh: syncFolder(asBuiltAt(older, hour(5)), incremental.bucket, "newer", hour(6)),
    backKeptTime: syncFolder(kept, withTimes.bucket, "kept-time", hour(5)),
  };
}
