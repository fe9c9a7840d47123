import { DeposedError, LeaseLostError, PortError } from "../../src/errors.ts";
import type { EnvironmentName, Epoch } from "../../src/identifiers.ts";
import { type AcquireLease, acquireLease, breakLease, type HeldLease } from "../../src/ledger/lease.ts";
import { type LedgerWriter, openEpoch, writeCurrent } from "../../src/ledger/ledger-writer.ts";
import { BrokenChainError } from "../../src/ledger/read-ledger.ts";
import type { RecordBody } from "../../src/ledger/records.ts";
import { runUnderLease } from "../../src/ledger/run-under-lease.ts";
import { anOpen, anOutcome, aStep } from "../record-builders.ts";
import type { Contender } from "./contender.ts";
import type { StoppedBy } from "./witness.ts";

/** One attempt at the lease, and, if it is had, at using it up. Returns the epoch; null: none was opened. */
export async function contend(contender: Contender, environment: EnvironmentName): Promise<Epoch | null> {
  const { dice, note } = contender;
  const attempt = new Attempt(contender, environment);
  try {
    if (dice.chance(0.02)) await attempt.breakIt();
    await (dice.chance(0.2) ? attempt.runCommand() : attempt.run());
  } catch (error) {
    const by = stopOf(error);
    if (by) note({ what: "stopped", environment, by, late: attempt.isLate });
    else note({ what: "broke", environment, because: error instanceof Error ? String(error.stack) : String(error) });
  } finally {
    // What was not given back is left to expire.
    attempt.lease?.stopBeating();
  }
  return attempt.epoch;
}

class Attempt {
  readonly #by: Contender;
  readonly #environment: EnvironmentName;
  lease: HeldLease | null = null;
  epoch: Epoch | null = null;
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
    if (this.#by.dice.chance(0.6)) return await this.#giveBack(lease, writer);
    await this.#use(lease, writer);
    await this.#end(lease, writer);
  }

  /** As `promote lock run` does. */
  async runCommand(): Promise<void> {
    const { clock, dice, timing } = this.#by;
    const run = async (epoch: Epoch, signal: AbortSignal) => {
      this.#noteOpened(epoch);
      await clock.sleep(dice.fraction() * timing.staleMilliseconds, signal);
      return { failed: dice.chance(0.5) ? "exit code 1" : null };
    };
    const answer = await this.#ask((acquire) => runUnderLease({ acquire, doing: "runs a command", run }));
    if (answer.status === "ran" && answer.epoch !== this.epoch) throw new Error("it ran in another epoch than it had");
  }

  async #take(): Promise<HeldLease | null> {
    const { note, time } = this.#by;
    const environment = this.#environment;
    const asked = time();
    const answer = await this.#ask(acquireLease);
    if (answer.status === "busy") return null;
    const { tookOver, quietUntil } = answer.lease;
    this.lease = answer.lease;
    const isQuiet = quietUntil === null || quietUntil < answer.lease.serverNow();
    const taken = tookOver ? "over" : isQuiet ? "free" : "quiet";
    note({ what: "held", environment, waited: time() - asked, taken });
    await answer.lease.waitUntilQuiet();
    return answer.lease;
  }

  /** Sometimes it does not wait for a holder that is alive, and sometimes it knows who is gone. */
  async #ask<A extends { readonly status: string }>(ask: (acquire: AcquireLease) => Promise<A>): Promise<A> {
    const { store, clock, random, timing, holder, dice, isGone, note, time } = this.#by;
    const environment = this.#environment;
    const asked = time();
    const patience = dice.chance(0.1) ? 0 : this.#by.patience;
    const ports = { store, environment, clock, random, timing, holder, ...(dice.chance(0.5) && { isGone }) };
    const answer = await this.#notForEver((signal) => ask({ ...ports, waitMilliseconds: patience, signal }));
    if (answer.status === "busy") note({ what: "busy", environment, waited: time() - asked, patience });
    return answer;
  }

  /** A holder that is silent is waited for, however short the wait was to be; that comes to an end as well. */
  async #notForEver<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const [late, over] = [new AbortController(), new AbortController()];
    const { clock, patience } = this.#by;
    clock.sleep(2 * patience, over.signal).then(
      () => late.abort(new Error(`an acquisition was stuck for ${2 * patience} ms`)),
      () => undefined,
    );
    try {
      return await wait(late.signal);
    } finally {
      over.abort();
    }
  }

  async #open(lease: HeldLease): Promise<LedgerWriter> {
    const { store, clock, random, pause } = this.#by;
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
    this.#noteOpened(writer.epoch);
    this.#noteWritten(writer);
    lease.setDoing("writes marks", writer.epoch);
    return writer;
  }

  /** Most do next to nothing, so that there are many. A new current.json keeps short what the next one reads. */
  async #giveBack(lease: HeldLease, writer: LedgerWriter): Promise<void> {
    const { act, dice, store } = this.#by;
    await act(this.#environment, writer.epoch, () => lease.check());
    if (dice.chance(0.4)) await writeCurrent(store, writer.standing);
    await lease.release();
  }

  async #use(lease: HeldLease, writer: LedgerWriter): Promise<void> {
    const { dice, clock, timing, act } = this.#by;
    const permit = lease.permit(writer.epoch);
    const isSlow = dice.chance(0.2);
    for (let marks = dice.below(3) + (isSlow ? 3 : 0); marks > 0; marks -= 1) {
      await act(this.#environment, writer.epoch, () => permit.check());
      if (isSlow) await clock.sleep(dice.fraction() * timing.staleMilliseconds);
      if (dice.chance(0.1)) await lease.beatNow();
      if (!isSlow || dice.chance(0.3)) await this.#write(writer, aStep({ n: marks }));
    }
    await act(this.#environment, writer.epoch, () => permit.check());
  }

  /** Mostly as a run ends; now and then without an outcome, without giving the lease back, or without either. */
  async #end(lease: HeldLease, writer: LedgerWriter): Promise<void> {
    const { dice, store } = this.#by;
    const ending = dice.below(24);
    if (ending > 2) await this.#write(writer, anOutcome("done"));
    if (ending > 5) await writeCurrent(store, writer.standing);
    if (ending > 1 && ending !== 3) await lease.release();
    lease.stopBeating();
    if (ending < 2) await this.#writeLate(writer);
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

  #noteOpened(epoch: Epoch): void {
    this.epoch = epoch;
    this.#by.note({ what: "opened", environment: this.#environment, epoch, at: this.#by.time() });
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
