import type { LeaseLook } from "@slipway/pipeline";
import { leaseDocument } from "./lease.ts";
import type { LockDocument } from "./schemas/lock.ts";
import type { LockRunDocument } from "./schemas/lock-run.ts";

type Ran = Extract<LockRunDocument, { outcome: "ran" }>;
type Busy = Extract<LockRunDocument, { outcome: "busy" }>;

export const lockDocument = (
  env: string,
  look: LeaseLook | null,
  open: LockDocument["open"],
  quietUntil: string | null,
): LockDocument => ({
  kind: "lock",
  version: 1,
  env,
  state: look?.state !== "held" ? "free" : look.stale ? "silent" : "held",
  lease: look && { ...leaseDocument(look), freeWithinSeconds: Math.ceil(look.freeWithinMilliseconds / 1000) },
  quietUntil,
  open,
  exit: 0,
});

export const lockRunDocument = (
  env: string,
  epoch: number,
  program: string,
  { exit, failed }: { readonly exit: number; readonly failed: string | null },
): Ran => ({ kind: "lock-run", version: 1, env, outcome: "ran", epoch, program, failed, exit });

export const busyDocument = (env: string, look: LeaseLook): Busy => ({
  kind: "lock-run",
  version: 1,
  env,
  outcome: "busy",
  lease: leaseDocument(look),
  exit: 5,
});
