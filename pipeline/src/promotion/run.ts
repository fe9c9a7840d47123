import type { Target } from "../environment/target.ts";
import type { EmitPromotion } from "../events.ts";
import type { Digest, Instant } from "../identifiers.ts";
import type { HeldLease, LeaseHolder, LeaseTiming } from "../ledger/lease.ts";
import type { LedgerWriter } from "../ledger/ledger-writer.ts";
import type { PromotionRequest } from "../ledger/records.ts";
import type { StoredPolicy } from "../policy/policy.ts";
import type { Approvals, Clock, EnvironmentPorts, ObjectStore, Random, SourceControl } from "../ports.ts";
import type { Interruption } from "./steps/step-context.ts";

/** What one promotion needs of the world; built in the composition root. */
export interface PromotionWorld {
  readonly store: ObjectStore;
  readonly source: SourceControl;
  readonly approvals: Approvals;
  readonly clock: Clock;
  readonly random: Random;
  /** Ports of an environment, with the credentials of that environment. */
  readonly connect: (target: Target) => Promise<EnvironmentPorts>;
  /** For a look at the environment below; null: these credentials may not. */
  readonly connectBelow: (target: Target) => Promise<EnvironmentPorts | null>;
  readonly policy: StoredPolicy;
  readonly holder: LeaseHolder;
  readonly isGone?: (holder: LeaseHolder) => Promise<boolean>;
  readonly timing: LeaseTiming;
  readonly redact: (text: string) => string;
  readonly emit: EmitPromotion;
  readonly interrupt: { readonly mode: () => Interruption | null; readonly signal: AbortSignal };
}

/** Everything a run carries beside the world. */
export interface Run {
  readonly world: PromotionWorld;
  readonly request: PromotionRequest;
  /** Of the target that the ports lead to; null: there is none. */
  readonly target: Digest | null;
  readonly ports: EnvironmentPorts | null;
  readonly reachable: boolean;
}

/** A run with its lease and its epoch. */
export interface Epoched {
  readonly run: Run;
  readonly ports: EnvironmentPorts;
  readonly lease: HeldLease;
  readonly writer: LedgerWriter;
  readonly quiet: QuietKeeper;
  /** Server time before the last look at everything; null: there was none yet. */
  readonly verified: { from: Instant | null };
}

/** When the last call that cannot be fenced got no answer (R9); the monotonic clock in milliseconds. */
interface QuietKeeper {
  unansweredAt: number | null;
  attempts: number;
}
