import { DeposedError, PortError } from "../errors.ts";
import type { EnvironmentName, Epoch, Instant } from "../identifiers.ts";
import type { Clock, ObjectStore, Random } from "../ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { type AppendRecord, appendRecord } from "./append-record.ts";
import { foldRecord } from "./fold.ts";
import { laterOf } from "./instants.ts";
import { leaseKey } from "./keys.ts";
import { readStanding } from "./read-ledger.ts";
import { recordSchema } from "./record-schema.ts";
import type { LedgerRecord, RecordBody, Standing } from "./records.ts";
import { ServerClock } from "./server-clock.ts";

export { writeCurrent } from "./current.ts";

export interface OpenEpoch {
  readonly store: ObjectStore;
  readonly environment: EnvironmentName;
  readonly clock: Clock;
  readonly random: Random;
  readonly body: Extract<RecordBody, { kind: "open" }>;
  /** Asked before every put. @throws LeaseLostError */
  readonly mayWrite: () => void;
  /** The store's time; `lease.serverNow`. Without it: its last answer here, and what has passed since. */
  readonly serverNow?: () => Instant;
}

/**
 * Appends the `open` record at the tail of the ledger: from here every older run is deposed. A tail that has moved is
 * read again while the lease is ours (R2).
 * @throws LeaseLostError, PortError, BrokenChainError
 */
export async function openEpoch(input: OpenEpoch): Promise<LedgerWriter> {
  const server = await hearServer(input);
  for (;;) {
    input.mayWrite();
    const standing = await readStanding(input.store, input.environment);
    const writer = new LedgerWriter(input, server, standing);
    if (await writer.open(input.body)) return writer;
  }
}

async function hearServer({ store, environment, clock, serverNow }: OpenEpoch): Promise<ServerClock> {
  const server = new ServerClock(clock);
  if (serverNow) return server;
  const lease = await store.get(leaseKey(environment));
  if (lease) server.heard(lease.serverTime);
  return server;
}

/** One run's hand on the ledger: appends records of its epoch until another run has opened a later one. */
export class LedgerWriter {
  readonly epoch: Epoch;
  readonly #ports: AppendRecord;
  readonly #environment: EnvironmentName;
  readonly #now: () => Instant;
  #standing: Standing;
  #at: Instant | null = null;
  /** Why nothing more may be written: what the slot after the standing holds is not known, or is another's. */
  #stopped: Error | null = null;
  #queue: Promise<void> = Promise.resolve();

  /** Only `openEpoch` makes one that may append. */
  constructor(input: OpenEpoch, server: ServerClock, standing: Standing) {
    const { store, clock, random, mayWrite, serverNow } = input;
    this.epoch = standing.epoch + 1;
    this.#environment = input.environment;
    this.#ports = { store, clock, random, mayWrite, heard: (serverTime) => server.heard(serverTime) };
    this.#now = serverNow ?? (() => server.now());
    this.#standing = standing;
  }

  /** Folded, own records included. */
  get standing(): Standing {
    return this.#standing;
  }

  /** False: another run was faster at the tail. */
  async open(body: Extract<RecordBody, { kind: "open" }>): Promise<boolean> {
    const record = this.#next(body);
    const answer = await appendRecord(this.#ports, record);
    if (answer.status === "taken") return false;
    this.#fold(record, answer.bytes);
    return true;
  }

  /**
   * One after another, in the order of the calls.
   * @throws DeposedError when another run has opened an epoch; LeaseLostError; PortError when the ledger did not answer
   *   for a minute. After any of them every later call fails likewise.
   */
  append(body: RecordBody): Promise<void> {
    const appended = this.#queue.then(() => this.#append(body));
    this.#queue = appended.catch(() => undefined);
    return appended;
  }

  async #append(body: RecordBody): Promise<void> {
    if (this.#stopped) throw this.#stopped;
    try {
      const record = this.#next(body);
      const answer = await appendRecord(this.#ports, record);
      if (answer.status === "taken") throw new DeposedError(answer.by.epoch);
      this.#fold(record, answer.bytes);
    } catch (error) {
      this.#stopped = error instanceof Error ? error : new PortError("ledger.append", "possible", String(error));
      throw error;
    }
  }

  #next(body: RecordBody): LedgerRecord {
    const now = this.#now();
    this.#at = this.#at === null ? now : laterOf(this.#at, now);
    // What could not be read back would shut the environment for everybody: it is cut here, or not written at all.
    return recordSchema.parse({
      version: 1,
      environment: this.#environment,
      seq: this.#standing.seq + 1,
      epoch: this.epoch,
      nonce: this.#ports.random.nonce(),
      at: this.#at,
      prev: this.#standing.head,
      body,
    });
  }

  #fold(record: LedgerRecord, bytes: Uint8Array): void {
    this.#standing = foldRecord(this.#standing, record, sha256(bytes));
  }
}
