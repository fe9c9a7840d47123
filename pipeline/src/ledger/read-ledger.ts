import type { EnvironmentName } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { BrokenChainError, followWith, parseRecord, type StoredRecord } from "./chain.ts";
import { type Current, readCurrent } from "./current.ts";
import { historyKey, historyPrefix, seqOfKey } from "./keys.ts";
import { nothingYet, type Standing } from "./records.ts";

export { BrokenChainError, type StoredRecord } from "./chain.ts";

/** Requests under way at once. */
const readAtOnce = 16;

/**
 * The fold of an environment's ledger: `current.json`, and the records after it. The record that it names is read again,
 * so that a copy that does not belong to this ledger is noticed; then, or without a copy, the whole ledger is read.
 * @throws BrokenChainError, PortError, UserError (a newer engine wrote it)
 */
export async function readStanding(store: ObjectStore, environment: EnvironmentName): Promise<Standing> {
  const current = await readCurrent(store, environment);
  const copy = current?.standing ?? null;
  const fromCopy = copy && copy.seq > 0 && (await foldTail(store, environment, copy));
  if (fromCopy) return fromCopy;
  return await foldWhole(store, environment, current);
}

/** Null: the copy does not fit the ledger. */
async function foldTail(store: ObjectStore, environment: EnvironmentName, copy: Standing): Promise<Standing | null> {
  try {
    const [named, ...tail] = await readRecords(store, environment, copy.seq, null);
    if (named?.record.seq !== copy.seq) return null;
    if (named.sha256 !== copy.head) throw new ReplacedError(environment, copy.seq);
    return tail.reduce((standing, stored) => followWith(standing, environment, stored), copy);
  } catch (error) {
    // The whole ledger names the first record that is wrong; this one may only be the first that was read.
    if (error instanceof BrokenChainError && !(error instanceof ReplacedError)) return null;
    throw error;
  }
}

/** Another record stands where the copy was made: the ledger was cut and went on, or was put back from somewhere (I8). */
class ReplacedError extends BrokenChainError {
  constructor(environment: EnvironmentName, seq: number) {
    super(environment, seq, "current.json holds another hash of it, so records were replaced");
  }
}

/** `witness`: a copy of any fold; the record that it names has to be there. */
async function foldWhole(store: ObjectStore, environment: EnvironmentName, witness: Current | null): Promise<Standing> {
  let standing: Standing = nothingYet;
  for (const stored of await readRecords(store, environment, 1, null)) {
    standing = followWith(standing, environment, stored);
    if (standing.seq === witness?.seq && standing.head !== witness.head)
      throw new ReplacedError(environment, standing.seq);
  }
  if (witness === null || witness.seq <= standing.seq) return standing;
  const because = `the ledger ends at ${standing.seq} but current.json names ${witness.seq}: records are missing`;
  throw new BrokenChainError(environment, standing.seq + 1, because);
}

/**
 * Records by number, oldest first. A gap is an error; that each holds the hash of the one before is `verifyHistory`'s to say.
 * @throws BrokenChainError, PortError, UserError (a newer engine wrote it)
 */
export async function readHistory(
  store: ObjectStore,
  environment: EnvironmentName,
  options: { readonly from?: number; readonly limit?: number } = {},
): Promise<readonly StoredRecord[]> {
  return readRecords(store, environment, options.from ?? 1, options.limit ?? null);
}

async function readRecords(
  store: ObjectStore,
  environment: EnvironmentName,
  from: number,
  limit: number | null,
): Promise<readonly StoredRecord[]> {
  const after = from > 1 ? historyKey(environment, from - 1) : undefined;
  const keys = (await store.list(historyPrefix(environment), after)).slice(0, limit ?? undefined);
  const numbers = keys.map((key, index) => expectNumber(environment, key, from + index));
  const records: StoredRecord[] = [];
  for (let start = 0; start < numbers.length; start += readAtOnce) {
    const batch = numbers.slice(start, start + readAtOnce);
    records.push(...(await Promise.all(batch.map((seq) => readRecord(store, environment, seq)))));
  }
  return records;
}

function expectNumber(environment: EnvironmentName, key: string, expected: number): number {
  const seq = seqOfKey(environment, key);
  if (seq === null) throw new BrokenChainError(environment, expected, `${key} is no record's name`);
  if (seq !== expected) throw new BrokenChainError(environment, expected, `it is missing; ${seq} is there`);
  return seq;
}

/** @throws BrokenChainError when it is not there or is no record */
async function readRecord(store: ObjectStore, environment: EnvironmentName, seq: number): Promise<StoredRecord> {
  const stored = await store.get(historyKey(environment, seq));
  if (!stored) throw new BrokenChainError(environment, seq, "it is missing");
  return parseRecord(environment, seq, stored.body);
}
