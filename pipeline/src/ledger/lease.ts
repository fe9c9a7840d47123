import { PortError, UserError } from "../errors.ts";
import type { EmitPromotion } from "../events.ts";
import type { EnvironmentName, Epoch, Instant } from "../identifiers.ts";
import type { Clock, ObjectStore, PutAnswer, Random, StoredObject } from "../ports.ts";
import { HeldLease, momentOf } from "./held-lease.ts";
import { laterOf, millisecondsBetween, plusMilliseconds } from "./instants.ts";
import { historyPrefix, leaseKey } from "./keys.ts";
import { type LeaseDocument, type LeaseHolder, leaseBytes } from "./lease-document.ts";
import { type LeaseLook, lookAt, readDocument, silenceAllowed } from "./lease-look.ts";
import type { LeaseTiming } from "./lease-timing.ts";
import { quietAfterLoss } from "./quiet-until.ts";
import { readStanding } from "./read-ledger.ts";

export { breakLease } from "./break-lease.ts";
export { HeldLease } from "./held-lease.ts";
export type { LeaseHolder } from "./lease-document.ts";
export { readLease } from "./lease-look.ts";
export { awsTiming, type LeaseTiming, localTiming } from "./lease-timing.ts";

export interface AcquireLease {
  readonly store: ObjectStore;
  readonly environment: EnvironmentName;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: LeaseTiming;
  readonly holder: LeaseHolder;
  /** For a holder that beats. 0: busy as soon as one beat of it was seen. */
  readonly waitMilliseconds: number;
  /** Whether the holder's process is known to be gone, from evidence on its own host; what a CI service says is none. */
  readonly isGone?: (holder: LeaseHolder) => Promise<boolean>;
  /** Whether the ledger has an outcome of this epoch: its lease is void (R4). Asks the ledger by default. */
  readonly isClosed?: (epoch: Epoch) => Promise<boolean>;
  readonly emit?: EmitPromotion;
  /** Ends waiting, with the signal's reason. */
  readonly signal?: AbortSignal;
}
export type LeaseAnswer =
  | { readonly status: "held"; readonly lease: HeldLease }
  | { readonly status: "busy"; readonly look: LeaseLook };

/** R6. */
const clockToleranceMilliseconds = 30_000;
const attemptsWithoutAnswer = 5;

/**
 * Takes the lease if it is free, void or silent for too long (R4). Beats start at once; nobody opens an epoch before
 * `waitUntilQuiet` has returned.
 * @throws PortError when the store does not answer, LeaseLostError when it stopped answering before a first beat proved the
 * lease; UserError when this machine's clock is wrong (R6).
 */
export async function acquireLease(input: AcquireLease): Promise<LeaseAnswer> {
  return new Acquisition(input).run();
}

/** Why, and from what, a lease may be taken now. */
interface Claim {
  readonly stored: StoredObject | null;
  readonly quietUntil: Instant | null;
  readonly lost: LeaseDocument["lost"];
  readonly tookOver: LeaseLook | null;
}

class Acquisition {
  readonly #input: AcquireLease;
  /** One for all attempts, so that a put whose reply was lost is found again. */
  readonly #nonce: string;
  readonly #started: number;
  #sent = 0;
  #unanswered = 0;
  #last: Claim | null = null;
  #watched: { readonly etag: string; readonly since: number } | null = null;
  #announced: string | null = null;
  /** Of the first look at a holder: another one later is a beat. */
  #seenFirst: string | null = null;

  constructor(input: AcquireLease) {
    this.#input = input;
    this.#nonce = input.random.nonce();
    this.#started = input.clock.monotonic();
  }

  async run(): Promise<LeaseAnswer> {
    const { store, environment, signal } = this.#input;
    for (;;) {
      signal?.throwIfAborted();
      const stored = await store.get(leaseKey(environment));
      if (stored) this.#refuseWrongClock(stored.serverTime);
      const found = stored && { document: readDocument(stored, environment), stored };
      if (found?.document.nonce === this.#nonce) return this.#adopt(found.document, found.stored);
      const claim = found ? await this.#judge(found.document, found.stored) : noLeaseYet;
      const lease = claim && (await this.#take(claim));
      if (lease) return { status: "held", lease };
      if (claim || !found) continue;
      const look = lookAt(found.document, found.stored);
      if (!(await this.#wait(look, found.stored.etag))) return { status: "busy", look };
    }
  }

  /** Null: somebody alive has it. */
  async #judge(document: LeaseDocument, stored: StoredObject): Promise<Claim | null> {
    const kept = { stored, quietUntil: document.quietUntil, lost: document.lost, tookOver: null };
    if (document.state !== "held") return kept;
    if (document.epoch !== null && (await this.#isClosed(document.epoch))) {
      return { ...kept, lost: this.#loss(document, "closed") };
    }
    if (!this.#isSilent(document, stored)) return null;
    const gone = (await this.#input.isGone?.(document.holder)) ?? false;
    const quietUntil = quietAfterLoss(document, stored, gone);
    return { stored, quietUntil, lost: this.#loss(document, "silent"), tookOver: lookAt(document, stored) };
  }

  /** By the store's clock, or because its etag has not changed for as long on ours. */
  #isSilent(document: LeaseDocument, stored: StoredObject): boolean {
    const now = this.#input.clock.monotonic();
    if (this.#watched?.etag !== stored.etag) this.#watched = { etag: stored.etag, since: now };
    const age = millisecondsBetween(stored.writtenAt, stored.serverTime);
    return Math.max(age, now - this.#watched.since) >= silenceAllowed(document);
  }

  async #isClosed(epoch: Epoch): Promise<boolean> {
    const { isClosed, store, environment } = this.#input;
    if (isClosed) return isClosed(epoch);
    const { last } = await readStanding(store, environment);
    return last !== null && last.epoch === epoch && last.outcome !== null;
  }

  #loss(document: LeaseDocument, how: "silent" | "closed"): LeaseDocument["lost"] {
    const by = this.#input.holder.by.name;
    return { holder: document.holder.by.name, epoch: document.epoch, how, by, reason: null };
  }

  /** Null: another was faster, or no answer came; the next look tells. */
  async #take(claim: Claim): Promise<HeldLease | null> {
    const { store, environment, clock } = this.#input;
    const document = this.#document(claim);
    const sent = momentOf(clock);
    this.#last = claim;
    let answer: PutAnswer;
    try {
      answer = claim.stored
        ? await store.putIfMatch(leaseKey(environment), leaseBytes(document), claim.stored.etag)
        : await store.putIfAbsent(leaseKey(environment), leaseBytes(document));
    } catch (error) {
      this.#unanswered += 1;
      if (!(error instanceof PortError) || this.#unanswered >= attemptsWithoutAnswer) throw error;
      return null;
    }
    return answer.status === "written" ? this.#hold(document, { ...answer, sent }) : null;
  }

  async #adopt(document: LeaseDocument, stored: StoredObject): Promise<LeaseAnswer> {
    // When that put was sent is not known for sure, so only the first beat makes the lease usable.
    const lease = await this.#hold(document, { etag: stored.etag, serverTime: stored.serverTime, sent: null });
    try {
      await lease.beatNow();
    } catch (error) {
      lease.stopBeating();
      throw error;
    }
    return { status: "held", lease };
  }

  async #hold(
    document: LeaseDocument,
    answer: { etag: string; serverTime: Instant; sent: ReturnType<typeof momentOf> | null },
  ): Promise<HeldLease> {
    const { store, clock, signal } = this.#input;
    const claim = this.#last ?? noLeaseYet;
    const quietUntil = claim.stored ? document.quietUntil : await this.#quietWithoutLease(answer.serverTime);
    const lease = new HeldLease({
      store,
      clock,
      document: { ...document, quietUntil },
      etag: answer.etag,
      serverTime: answer.serverTime,
      sent: answer.sent,
      tookOver: claim.tookOver,
      interrupt: signal ?? null,
    });
    if (!claim.stored) await this.#refuseWrongClockHolding(lease, answer.serverTime);
    this.#announce(claim, quietUntil, answer.serverTime);
    return lease;
  }

  /** R5: an absent lease beside a ledger that has records counts as broken now, by somebody with our durations. */
  async #quietWithoutLease(serverTime: Instant): Promise<Instant | null> {
    const { store, environment, timing } = this.#input;
    const records = await store.list(historyPrefix(environment));
    if (records.length === 0) return null;
    const silence = timing.staleMilliseconds + timing.skewMilliseconds + timing.landsMilliseconds;
    return plusMilliseconds(serverTime, silence);
  }

  #document(claim: Claim): LeaseDocument {
    const { environment, holder, timing, clock } = this.#input;
    this.#sent += 1;
    return {
      version: 1,
      environment,
      state: "held",
      nonce: this.#nonce,
      holder,
      since: claim.stored ? laterOf(claim.stored.serverTime, claim.stored.writtenAt) : clock.now(),
      epoch: null,
      doing: "",
      beat: this.#sent,
      timing,
      quietUntil: claim.quietUntil,
      lost: claim.lost,
    };
  }

  /**
   * False: the time for waiting is over, and the holder lives: its beat moved while we looked. One that does not beat is
   * waited for until it may be taken over, however short the time: the same command after a kill then goes on by itself.
   */
  async #wait(look: LeaseLook, etag: string): Promise<boolean> {
    const { clock, waitMilliseconds, timing, emit, signal } = this.#input;
    const left = waitMilliseconds - (clock.monotonic() - this.#started);
    this.#seenFirst ??= etag;
    if (left <= 0 && this.#seenFirst !== etag) return false;
    if (this.#announced !== look.nonce)
      emit?.({ type: "lease:wait", holder: look.by.name, epoch: look.epoch, until: null });
    this.#announced = look.nonce;
    await clock.sleep(left > 0 ? Math.min(left, timing.beatMilliseconds) : timing.beatMilliseconds, signal);
    return true;
  }

  /** Whoever waits is told for whom, and until when nothing is changed. */
  #announce({ tookOver, lost }: Claim, quietUntil: Instant | null, serverTime: Instant): void {
    const { emit } = this.#input;
    if (quietUntil === null) return;
    if (tookOver) {
      const { by, epoch, ageMilliseconds } = tookOver;
      const silentSeconds = Math.round(ageMilliseconds / 1000);
      emit?.({ type: "lease:takeover", epoch, holder: by.name, silentSeconds, quietUntil });
    } else if (quietUntil >= serverTime) {
      emit?.({ type: "lease:wait", holder: lost?.holder ?? "unknown", epoch: lost?.epoch ?? null, until: quietUntil });
    }
  }

  #refuseWrongClock(serverTime: Instant): void {
    const off = millisecondsBetween(serverTime, this.#input.clock.now());
    if (Math.abs(off) <= clockToleranceMilliseconds) return;
    throw new UserError({
      code: "store-unusable",
      message: `this machine's clock is ${Math.round(Math.abs(off) / 1000)} s ${off > 0 ? "ahead of" : "behind"} the store's; 30 s are allowed`,
    });
  }

  async #refuseWrongClockHolding(lease: HeldLease, serverTime: Instant): Promise<void> {
    try {
      this.#refuseWrongClock(serverTime);
    } catch (error) {
      await lease.release();
      throw error;
    }
  }
}

const noLeaseYet: Claim = { stored: null, quietUntil: null, lost: null, tookOver: null };
