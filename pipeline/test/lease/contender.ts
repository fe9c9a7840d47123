import type { EnvironmentName, Epoch } from "../../src/identifiers.ts";
import type { AcquireLease, LeaseHolder, LeaseTiming } from "../../src/ledger/lease.ts";
import type { Clock, ObjectStore, Random } from "../../src/ports.ts";
import type { Dice } from "../simulation/seeded/dice.ts";
import type { Note } from "./witness.ts";

/** Somebody who wants the lease, in a process of its own or in a virtual one. */
export interface Contender {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly dice: Dice;
  readonly timing: LeaseTiming;
  readonly holder: LeaseHolder;
  readonly isGone: NonNullable<AcquireLease["isGone"]>;
  /** Milliseconds after which an acquisition counts as stuck. */
  readonly patience: number;
  readonly note: (note: Note) => void;
  /** Milliseconds of the clock that the witness goes by. */
  readonly time: () => number;
  /** Called between a check and the write that it allows, where it hurts most if a process stands still. */
  readonly pause: () => void;
  /** Asks `check`, then does something that no fence protects, and notes both moments. */
  readonly act: (environment: EnvironmentName, epoch: Epoch, check: () => void) => Promise<void>;
}
