import { dirname } from "node:path";
import {
  type Config,
  type EnvironmentPorts,
  type Finding,
  type LeaseTiming,
  localTiming,
  type ObjectStore,
  type Target,
} from "@slipway/pipeline";
import type { Place } from "./place.ts";

type Local = typeof import("@slipway/pipeline/local");

/** A store, and what leads from it to its environments. */
export interface OpenedPlace {
  /** All environments of a ladder are on AWS, or all on this machine. */
  readonly isOnAws: boolean;
  readonly store: ObjectStore;
  /** As people know it: the folder, not what lies in it. */
  readonly address: string;
  readonly timing: LeaseTiming;
  /** What the first request to the store failed with, as a mistake that a person can mend where it is one. */
  readonly explain: (error: unknown) => unknown;
  /** What only an examination asks of the store. */
  readonly examine: () => Promise<readonly Finding[]>;
  /** Whether these credentials open an environment; nothing is said of one on this machine. */
  readonly examineAccess: (target: Target) => Promise<readonly Finding[]>;
  /** `revive`: starts a platform that was killed meanwhile. */
  readonly connect: (target: Target, revive?: () => Promise<unknown>) => Promise<EnvironmentPorts>;
}

/** Nothing is started and nothing is written. */
export async function openPlace(place: Place, local: Local, config: Config | null): Promise<OpenedPlace> {
  if (place.bucket === null) return openFolder(place, local);
  const { openBucket } = await import("./open-bucket.ts");
  return await openBucket(place.bucket, config);
}

function openFolder({ root, storeFolder }: Place, local: Local): OpenedPlace {
  const folders = local.platformFolders(root, storeFolder ?? undefined);
  return {
    isOnAws: false,
    store: new local.FileObjectStore(folders.objects),
    address: dirname(folders.objects),
    timing: localTiming,
    explain: (error) => error,
    examine: async () => [
      ...(await local.examineFiles(folders.objects)),
      ...(await local.examineDisk(dirname(folders.objects))),
    ],
    examineAccess: async () => [],
    connect: (target, revive) =>
      local.connectLocal({ root, target, ...(storeFolder ? { storeFolder } : {}), ...(revive ? { revive } : {}) }),
  };
}
