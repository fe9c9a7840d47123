import type { LeaseLook } from "@slipway/pipeline";
import type { Document } from "../output.ts";
import { leaseDocument } from "./promotion.ts";

export interface LockDocument extends Document {
  readonly kind: "lock";
  readonly env: string;
  /** `held`, `silent` (held, and may be taken over) or `free`. */
  readonly state: "held" | "silent" | "free";
  /** Null: nobody ever took it. */
  readonly lease: object | null;
  /** Nobody changes anything before; null: nothing to wait for. */
  readonly quietUntil: string | null;
  /** A promotion without an outcome: its epoch and release. */
  readonly open: { readonly epoch: number; readonly sha: string | null } | null;
  readonly exit: number;
}

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

export interface LockBreakDocument extends Document {
  readonly kind: "lock-break";
  readonly env: string;
  readonly outcome: "broken" | "holder-alive" | "free" | "unreadable";
  readonly reason: string;
  readonly lease: object | null;
  readonly quietUntil: string | null;
  /** Of `unreadable`: until then whoever wrote it may be at work. */
  readonly breakableFrom: string | null;
  readonly exit: number;
}

export interface LockRunDocument extends Document {
  readonly kind: "lock-run";
  readonly env: string;
  readonly outcome: "ran";
  readonly epoch: number;
  readonly program: string;
  /** Null: it exited with 0. */
  readonly failed: string | null;
  /** The command's own. */
  readonly exit: number;
}

export const lockRunDocument = (
  env: string,
  epoch: number,
  program: string,
  { exit, failed }: { readonly exit: number; readonly failed: string | null },
): LockRunDocument => ({ kind: "lock-run", version: 1, env, outcome: "ran", epoch, program, failed, exit });

export const busyDocument = (env: string, look: LeaseLook) =>
  ({ kind: "lock-run", version: 1, env, outcome: "busy", lease: leaseDocument(look), exit: 5 }) as const;
