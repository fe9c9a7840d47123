import type { LeaseLook } from "@slipway/pipeline";
import type { Document } from "../output.ts";
import { leaseDocument } from "./promotion.ts";

/** An environment whose ledger was told that its database goes. */
export interface ToldEnvironment {
  readonly env: string;
  readonly epoch: number;
  /** Applied until then, by record. */
  readonly migrations: number;
}
/** One whose ledger could not be told. */
export interface UntoldEnvironment {
  readonly env: string;
  readonly because: string;
}

export interface LocalStopDocument extends Document {
  readonly kind: "local-stop";
  /** It ran, and does not any more. */
  readonly stopped: boolean;
  readonly purged: boolean;
  readonly told: readonly ToldEnvironment[];
  readonly untold: readonly UntoldEnvironment[];
  /** Who is changing an environment, so that nothing was removed; null: nobody. */
  readonly busy: { readonly env: string; readonly lease: object } | null;
  readonly exit: 0 | 5;
}

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
