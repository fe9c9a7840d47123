import { PortError } from "../errors.ts";
import type { Clock, ObjectStore, Random } from "../ports.ts";
import { parseRecord, recordBytes } from "./chain.ts";
import { historyKey } from "./keys.ts";
import type { LedgerRecord } from "./records.ts";

export interface AppendRecord {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  /** @throws LeaseLostError: ends the retries. */
  readonly mayWrite: () => void;
  readonly heard: (serverTime: LedgerRecord["at"]) => void;
}
export type AppendAnswer =
  | { readonly status: "written"; readonly bytes: Uint8Array }
  /** The slot is another run's. */
  | { readonly status: "taken"; readonly by: LedgerRecord };

const longestPauseMilliseconds = 2_000;
const patienceMilliseconds = 60_000;

/**
 * R1, R2: puts the record at its number, serialised once. While no answer comes the same bytes are put again, because
 * the first put may still land. A conflict is settled by the nonce of what is stored.
 * @throws LeaseLostError; PortError after a minute without an answer, when the record may or may not be there.
 */
export async function appendRecord(ports: AppendRecord, record: LedgerRecord): Promise<AppendAnswer> {
  const { clock, random, mayWrite } = ports;
  const bytes = recordBytes(record);
  const started = clock.monotonic();
  for (let attempt = 0; ; attempt += 1) {
    mayWrite();
    try {
      return await putOrSettle(ports, record, bytes);
    } catch (error) {
      if (!(error instanceof PortError) || clock.monotonic() - started >= patienceMilliseconds) throw error;
    }
    await clock.sleep(Math.min(longestPauseMilliseconds, 100 * 2 ** attempt) * (0.5 + random.fraction() / 2));
  }
}

async function putOrSettle(ports: AppendRecord, record: LedgerRecord, bytes: Uint8Array): Promise<AppendAnswer> {
  const { store, heard } = ports;
  const key = historyKey(record.environment, record.seq);
  const answer = await store.putIfAbsent(key, bytes);
  if (answer.status === "written") {
    heard(answer.serverTime);
    return { status: "written", bytes };
  }
  const stored = await store.get(key);
  if (!stored) throw new PortError("ledger.append", "possible", `${key} is said to be there, and is not`);
  heard(stored.serverTime);
  const found = parseRecord(record.environment, record.seq, stored.body).record;
  if (found.nonce === record.nonce) return { status: "written", bytes: stored.body };
  return { status: "taken", by: found };
}
