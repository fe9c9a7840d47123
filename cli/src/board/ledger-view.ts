import {
  BrokenChainError,
  type EnvironmentName,
  type LedgerRecord,
  type ObjectStore,
  readHistory,
} from "@slipway/pipeline";
import { type EpochSummary, epochsOf } from "../history/epochs.ts";

type StoredRecord = Awaited<ReturnType<typeof readHistory>>[number];

/** Records that are read at once on the way back. */
const block = 512;

/**
 * The newest records of one environment's ledger, kept between looks: records never change, so that only what was added is read again. A ledger that was
 * replaced under it is read anew.
 */
export class LedgerView {
  readonly #store: ObjectStore;
  readonly #environment: EnvironmentName;
  /** Without a gap, oldest first; each holds the hash of the one before. */
  #records: readonly StoredRecord[] = [];
  readonly #newer = new Shared();
  readonly #older = new Shared();

  constructor(store: ObjectStore, environment: EnvironmentName) {
    this.#store = store;
    this.#environment = environment;
  }

  /**
   * Epochs that ended at `moment` or later, or are open, whole, newest first; `seq` is the ledger's end, as the caller has just read it.
   * @throws BrokenChainError, PortError
   */
  async epochsSince(moment: string, seq: number): Promise<readonly EpochSummary[]> {
    const records = await this.#read(seq, ({ at }) => at < moment);
    return epochsOf(records).filter(
      ({ openedAt, endedAt, isOver }) => (endedAt ?? (isOver ? openedAt : null) ?? moment) >= moment,
    );
  }

  /** One epoch, whole; null: there is none. @throws BrokenChainError, PortError */
  async epoch(wanted: number, seq: number): Promise<EpochSummary | null> {
    const records = await this.#read(seq, ({ epoch }) => epoch < wanted);
    return epochsOf(records).find(({ epoch }) => epoch === wanted) ?? null;
  }

  /** Back to an outcome before what is wanted that settled its promotion: every epoch after it is whole, and goes on with none before it. */
  async #read(seq: number, isBefore: (record: LedgerRecord) => boolean): Promise<readonly LedgerRecord[]> {
    await this.#newer.share(() => this.#readNewer(seq));
    // What was shared may have been listed before the caller looked.
    if (this.#end < seq) await this.#newer.share(() => this.#readNewer(seq));
    if (this.#end < seq) throw new BrokenChainError(this.#environment, seq, "it was there and is missing");
    for (;;) {
      const records = this.#records;
      const [oldest] = records;
      const settled = records.find(({ record }) => settles(record))?.record;
      if (oldest === undefined || oldest.record.seq === 1 || (settled && isBefore(settled)))
        return records.map(({ record }) => record);
      // A look that is content with less goes on as soon as it has it.
      await this.#older.share(() => this.#readOlder());
    }
  }

  get #end(): number {
    return this.#records.at(-1)?.record.seq ?? 0;
  }

  async #readNewer(seq: number): Promise<void> {
    const last = this.#records.at(-1);
    if (last !== undefined) {
      const [same, ...newer] = await this.#history(last.record.seq, null);
      if (same?.sha256 === last.sha256) {
        this.#records = [...this.#records, ...newer];
        return;
      }
    }
    // Not before all of it is there: others look meanwhile.
    this.#records = seq === 0 ? [] : await this.#history(Math.max(1, seq - block + 1), null);
  }

  async #readOlder(): Promise<void> {
    const [oldest] = this.#records;
    if (oldest === undefined) return;
    const from = Math.max(1, oldest.record.seq - block);
    const older = await this.#history(from, oldest.record.seq - from);
    this.#expectChain(older.at(-1), oldest);
    // Unless the ledger was replaced meanwhile, and all of it is read anew.
    if (this.#records[0] === oldest) this.#records = [...older, ...this.#records];
  }

  async #history(from: number, limit: number | null): Promise<readonly StoredRecord[]> {
    const options = { from, ...(limit === null ? {} : { limit }) };
    const records = await readHistory(this.#store, this.#environment, options);
    for (const [at, record] of records.entries()) if (at > 0) this.#expectChain(records[at - 1], record);
    return records;
  }

  #expectChain(before: StoredRecord | undefined, { record }: StoredRecord): void {
    if (before?.sha256 === record.prev) return;
    throw new BrokenChainError(this.#environment, record.seq, "it holds the hash of another record before it");
  }
}

const settles = ({ body }: LedgerRecord): boolean =>
  body.kind === "outcome" && (body.result === "done" || body.result === "reverted");

/** Whoever asks while it is under way waits for the same. */
class Shared {
  #underWay: Promise<void> | null = null;

  share(work: () => Promise<void>): Promise<void> {
    this.#underWay ??= work().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }
}
