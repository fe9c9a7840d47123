import type { LeaseLook } from "@slipway/pipeline";
import { leaseDocument } from "./lease.ts";
import type { LocalStopDocument, ToldEnvironment, UntoldEnvironment } from "./schemas/local-stop.ts";

export type { ToldEnvironment, UntoldEnvironment };

const nothing = {
  kind: "local-stop",
  version: 1,
  stopped: false,
  purged: false,
  told: [],
  untold: [],
  busy: null,
} as const;

export const localStopDocument = (stopped: boolean): LocalStopDocument => ({ ...nothing, stopped, exit: 0 });

export const purgedDocument = (
  stopped: boolean,
  told: readonly ToldEnvironment[],
  untold: readonly UntoldEnvironment[],
): LocalStopDocument => ({ ...nothing, stopped, purged: true, told, untold, exit: 0 });

export const busyPurgeDocument = (env: string, look: LeaseLook): LocalStopDocument => ({
  ...nothing,
  busy: { env, lease: leaseDocument(look) },
  exit: 5,
});
