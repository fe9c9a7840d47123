import { LeaseLostError, PortError } from "../errors.ts";
import type { EnvironmentName, Epoch, Instant } from "../identifiers.ts";
import type { Clock, ObjectStore, Permit, StoredObject } from "../ports.ts";
import { millisecondsBetween } from "./instants.ts";
import { leaseKey } from "./keys.ts";
import { type LeaseDocument, leaseBytes, parseLease } from "./lease-document.ts";
import type { LeaseLook } from "./lease-look.ts";
import { ServerClock } from "./server-clock.ts";

/** Both clocks at one moment: the monotonic one stands still while a machine sleeps, the other can be set back (R3). */
interface Moment {
  readonly monotonic: number;
  readonly wall: Instant;
}

/** What a lease was taken with. */
export interface TakenLease {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly document: LeaseDocument;
  readonly etag: string;
  readonly serverTime: Instant;
  /** When the put that took it was sent; null when that is not certain, and only a beat will prove it. */
  readonly sent: Moment | null;
  readonly tookOver: LeaseLook | null;
  /** Of whoever asked for the lease: ends waits, never writes. */
  readonly interrupt: AbortSignal | null;
}

const attemptsToRelease = 3;

/** The right to change an environment, kept alive by beats until it is released, lost or left to expire. */
export class HeldLease {
  readonly environment: EnvironmentName;
  /** Whose lease this was, if it was taken from a silent holder. */
  readonly tookOver: LeaseLook | null;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #server: ServerClock;
  readonly #interrupt: AbortSignal | null;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  #document: LeaseDocument;
  #etag: string;
  #confirmed: Moment | null;
  /** Why the last beat was not confirmed; null: it was. */
  #unconfirmed: PortError | null = null;
  #beating: Promise<void> | null = null;

  constructor(taken: TakenLease) {
    this.environment = taken.document.environment;
    this.tookOver = taken.tookOver;
    this.#store = taken.store;
    this.#clock = taken.clock;
    this.#server = new ServerClock(taken.clock);
    this.#server.heard(taken.serverTime);
    this.#interrupt = taken.interrupt;
    this.#document = taken.document;
    this.#etag = taken.etag;
    this.#confirmed = taken.sent;
    void this.#keepBeating();
  }

  /** Aborts, with a LeaseLostError as its reason, once somebody else is seen to have the lease. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** By the store's clock; null: nothing to wait for. */
  get quietUntil(): Instant | null {
    return this.#document.quietUntil;
  }

  /** The store's time: its last answer to a beat, and what has passed since. */
  serverNow(): Instant {
    return this.#server.now();
  }

  permit(epoch: Epoch): Permit {
    return { environment: this.environment, epoch, signal: this.signal, check: () => this.check() };
  }

  /** @throws LeaseLostError when it is lost or released, or its last confirmed beat was sent S or longer ago. */
  check(): void {
    this.signal.throwIfAborted();
    if (this.#document.state !== "held") throw new LeaseLostError(`the lease of ${this.environment} was given back`);
    const age = this.#age();
    if (age >= this.#document.timing.staleMilliseconds) {
      const seconds = Number.isFinite(age) ? `${(age / 1000).toFixed(1)} s ago` : "never";
      const because = this.#unconfirmed === null ? "" : ` (${this.#unconfirmed.message})`;
      const text = `the last heartbeat of ${this.environment} was confirmed ${seconds}${because}`;
      throw new LeaseLostError(text, { cause: this.#unconfirmed });
    }
  }

  /** Guard of a call that cannot be fenced (R11): beats first if the last confirmed beat is old. @throws LeaseLostError */
  async beatNow(): Promise<void> {
    // A beat already under way may have been sent long ago: what it confirms is then old as well, and one more goes out.
    for (let round = 0; round < 2 && this.#isStale() && !this.#isOver(); round += 1) await this.#beat();
    this.check();
  }

  /** What the holder does, for others who look; and the epoch it has opened. Goes out with the next beat. */
  setDoing(text: string, epoch: Epoch): void {
    this.#document = { ...this.#document, doing: text.slice(0, 1000), epoch };
  }

  /**
   * R5: returns once the store's time, told by the reply to a beat, has passed `quietUntil`.
   * @throws LeaseLostError, or the reason of the signal that the lease was asked for with.
   */
  async waitUntilQuiet(): Promise<void> {
    const signal = this.#interrupt ? AbortSignal.any([this.signal, this.#interrupt]) : this.signal;
    for (;;) {
      signal.throwIfAborted();
      const left = this.#untilQuiet();
      if (left < 0) return;
      await this.#clock.sleep(left + 1, signal);
      await this.#beat();
      if (this.#untilQuiet() >= 0) await this.#clock.sleep(this.#document.timing.beatMilliseconds, signal);
    }
  }

  /** Leaves the lease to expire: a request of this run may still be under way, and the next one has to wait for it. */
  stopBeating(): void {
    this.#ended.abort();
  }

  /**
   * Gives the lease back. `quietUntil` stays in it. Never throws: a lease that could not be given back expires.
   */
  async release(): Promise<void> {
    this.#ended.abort();
    await this.#beating;
    for (let attempt = 0; attempt < attemptsToRelease && !this.#isOver(); attempt += 1) await this.#write("free");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended.signal.aborted) await this.release();
  }

  async #keepBeating(): Promise<void> {
    try {
      while (!this.#isOver()) {
        await this.#clock.sleep(this.#document.timing.beatMilliseconds, this.#ended.signal);
        await this.#beat();
      }
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#lose("its heartbeat broke", error);
    }
  }

  #lose(because: string, cause?: unknown): void {
    this.#lost.abort(new LeaseLostError(`the lease of ${this.environment} is lost: ${because}`, { cause }));
  }

  /** One at a time: two under way would take each other's answer for somebody else's. */
  #beat(): Promise<void> {
    this.#beating ??= this.#write("held").finally(() => {
      this.#beating = null;
    });
    return this.#beating;
  }

  /** New bytes each time (R3). No answer: nothing is confirmed, and the age grows. */
  async #write(state: "held" | "free"): Promise<void> {
    for (let round = 0; round < 3 && !this.#isOver(); round += 1) {
      const next = { ...this.#document, state, beat: this.#document.beat + 1 };
      this.#document = { ...this.#document, beat: next.beat };
      const sent = momentOf(this.#clock);
      try {
        const answer = await this.#store.putIfMatch(leaseKey(this.environment), leaseBytes(next), this.#etag);
        if (answer.status === "written") {
          this.#confirm(sent, answer.etag, answer.serverTime, state);
          return;
        }
        if (!(await this.#isStillOurs(state))) return;
      } catch (error) {
        if (!(error instanceof PortError)) throw error;
        this.#unconfirmed = error;
        return;
      }
    }
  }

  #confirm(sent: Moment, etag: string, serverTime: Instant, state: "held" | "free"): void {
    this.#etag = etag;
    this.#confirmed = sent;
    this.#unconfirmed = null;
    this.#server.heard(serverTime);
    this.#document = { ...this.#document, state };
  }

  /** A conflict may be with an earlier beat of ours whose reply was lost; then its etag is the one to go on from. */
  async #isStillOurs(wanted: "held" | "free"): Promise<boolean> {
    const stored = await this.#store.get(leaseKey(this.environment));
    const found = stored && this.#ownDocument(stored);
    if (!stored || !found) {
      this.#lose(describeLoss(stored));
      return false;
    }
    this.#etag = stored.etag;
    if (found.state === "free" && wanted === "free") this.#document = { ...this.#document, state: "free" };
    return found.state === "held";
  }

  #ownDocument(stored: StoredObject): LeaseDocument | null {
    const found = parseOrNull(stored);
    return found?.nonce === this.#document.nonce ? found : null;
  }

  #age(): number {
    if (!this.#confirmed) return Number.POSITIVE_INFINITY;
    const now = momentOf(this.#clock);
    return Math.max(now.monotonic - this.#confirmed.monotonic, millisecondsBetween(this.#confirmed.wall, now.wall));
  }

  #isStale(): boolean {
    return this.#age() >= this.#document.timing.staleMilliseconds;
  }

  #isOver(): boolean {
    return this.signal.aborted || this.#document.state !== "held";
  }

  /** Negative: it is quiet. */
  #untilQuiet(): number {
    const { quietUntil } = this.#document;
    if (quietUntil === null) return -1;
    return millisecondsBetween(this.#server.lastAnswer ?? quietUntil, quietUntil);
  }
}

export const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), wall: clock.now() });

/** What cannot be read was not written by us. */
function parseOrNull(stored: StoredObject): LeaseDocument | null {
  try {
    return parseLease(stored);
  } catch {
    return null;
  }
}

function describeLoss(stored: StoredObject | null): string {
  if (!stored) return "it was deleted";
  const found = parseOrNull(stored);
  if (!found) return "something else was written in its place";
  if (found.state === "broken") return `broken by ${found.lost?.by ?? "somebody"}`;
  return `${found.holder.by.name} has taken it`;
}
