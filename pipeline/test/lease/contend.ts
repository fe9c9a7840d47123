import { DeposedError, LeaseLostError, PortError } from "../../src/errors.ts";
import type { EnvironmentName, Epoch } from "../../src/identifiers.ts";
import {
  type AcquireLease,
  acquireLease,
  breakLease,
  type HeldLease,
  type LeaseHolder,
  type LeaseTiming,
} from "../../src/ledger/lease.ts";
import { type LedgerWriter, openEpoch, writeCurrent } from "../../src/ledger/ledger-writer.ts";
import { BrokenChainError } from "../../src/ledger/read-ledger.ts";
import type { RecordBody } from "../../src/ledger/records.ts";
import type { Clock, ObjectStore, Random } from "../../src/ports.ts";
import { anOpen, anOutcome, aStep } from "../record-builders.ts";
import type { Dice } from "../simulation/seeded/dice.ts";
import type { Note, StoppedBy } from "./witness.ts";

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

/** One attempt at the lease, and, if it is had, at using it up. Returns the epoch; null: none was opened. */
export async function contend(contender: Contender, environment: EnvironmentName): Promise<Epoch | null> {
  const { dice, note } = contender;
  const attempt = new Attempt(contender, environment);
  try {
    if (dice.chance(0.01)) await attempt.breakIt();
    await attempt.run();
  } catch (error) {
    const by = stopOf(error);
    if (by) note({ what: "stopped", environment, by, late: attempt.isLate });
    else note({ what: "broke", environment, because: error instanceof Error ? String(error.stack) : String(error) });
  } finally {
    // What was not given back is left to expire.
    attempt.lease?.stopBeating();
  }
  return attempt.writer?.epoch ?? null;
}

class Attempt {
  readonly #by: Contender;
  readonly #environment: EnvironmentName;
  lease: HeldLease | null = null;
  writer: LedgerWriter | null = null;
  /** It has let go of the lease, and writes as a process does that stood still after its check. */
  isLate = false;

  constructor(by: Contender, environment: EnvironmentName) {
    this.#by = by;
    this.#environment = environment;
  }

  async breakIt(): Promise<void> {
    const { store, clock, random, holder, dice } = this.#by;
    const what = { store, environment: this.#environment, clock, random, by: holder.by, reason: "it is in the way" };
    await breakLease({ ...what, force: dice.chance(0.5) });
  }

  async run(): Promise<void> {
    const lease = await this.#take();
    if (!lease) return;
    const writer = await this.#open(lease);
    await this.#use(lease, writer);
    await this.#end(lease, writer);
  }

  async #take(): Promise<HeldLease | null> {
    const { store, clock, random, timing, holder, dice, isGone, note, time } = this.#by;
    const environment = this.#environment;
    const asked = time();
    const patience = dice.chance(0.1) ? 0 : this.#by.patience;
    const ports = { store, environment, clock, random, timing, holder };
    const answer = await acquireLease({
      ...ports,
      waitMilliseconds: patience,
      ...(dice.chance(0.5) && { isGone }),
    });
    const waited = time() - asked;
    if (answer.status === "busy") {
      note({ what: "busy", environment, waited, patience });
      return null;
    }
    this.lease = answer.lease;
    const { tookOver, quietUntil } = answer.lease;
    const isQuiet = quietUntil === null || quietUntil < answer.lease.serverNow();
    note({ what: "held", environment, waited, taken: tookOver ? "over" : isQuiet ? "free" : "quiet" });
    await answer.lease.waitUntilQuiet();
    return answer.lease;
  }

  async #open(lease: HeldLease): Promise<LedgerWriter> {
    const { store, clock, random, note, time, pause } = this.#by;
    const environment = this.#environment;
    const writer = await openEpoch({
      store,
      environment,
      clock,
      random,
      body: anOpen(),
      mayWrite: () => {
        if (!this.isLate) lease.check();
        pause();
      },
      serverNow: () => lease.serverNow(),
    });
    this.writer = writer;
    note({ what: "opened", environment, epoch: writer.epoch, at: time() });
    this.#noteWritten(writer);
    lease.setDoing("writes marks", writer.epoch);
    return writer;
  }

  async #use(lease: HeldLease, writer: LedgerWriter): Promise<void> {
    const { dice, clock, timing, act } = this.#by;
    const permit = lease.permit(writer.epoch);
    for (let marks = dice.below(3); marks >= 0; marks -= 1) {
      await act(this.#environment, writer.epoch, () => permit.check());
      if (dice.chance(0.1)) await clock.sleep(dice.fraction() * 2 * timing.staleMilliseconds);
      if (dice.chance(0.1)) await lease.beatNow();
      await this.#write(writer, aStep({ n: marks + 1 }));
    }
    await act(this.#environment, writer.epoch, () => permit.check());
  }

  async #end(lease: HeldLease, writer: LedgerWriter): Promise<void> {
    const { dice, store } = this.#by;
    const ending = dice.below(20);
    if (ending > 0) await this.#write(writer, anOutcome("done"));
    if (ending > 5) await writeCurrent(store, writer.standing);
    if (ending > 1) await lease.release();
    lease.stopBeating();
    if (ending === 0) await this.#writeLate(writer);
  }

  /** Without asking the lease, long after it was let go: only the ledger's slot is in the way now. */
  async #writeLate(writer: LedgerWriter): Promise<void> {
    const { dice, clock, timing } = this.#by;
    const { staleMilliseconds, skewMilliseconds, landsMilliseconds } = timing;
    await clock.sleep(dice.fraction() * 4 * (staleMilliseconds + skewMilliseconds + landsMilliseconds));
    this.isLate = true;
    await this.#write(writer, dice.chance(0.5) ? anOutcome("done") : aStep());
  }

  async #write(writer: LedgerWriter, body: RecordBody): Promise<void> {
    await writer.append(body);
    this.#noteWritten(writer);
  }

  #noteWritten({ standing }: LedgerWriter): void {
    this.#by.note({
      what: "written",
      environment: this.#environment,
      seq: standing.seq,
      sha256: standing.head ?? "none",
    });
  }
}

/** Null: nothing that a run may end with. */
function stopOf(error: unknown): StoppedBy | null {
  if (error instanceof LeaseLostError) return "LeaseLostError";
  if (error instanceof DeposedError) return "DeposedError";
  if (error instanceof PortError) return "PortError";
  return error instanceof BrokenChainError ? "BrokenChainError" : null;
}
