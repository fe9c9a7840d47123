import type { Digest, EnvironmentName } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { canonicalJson } from "../release/canonical-json.ts";
import { BrokenChainError, followWith } from "./chain.ts";
import { readCurrent } from "./current.ts";
import { readHistory } from "./read-ledger.ts";
import { nothingYet, type Standing } from "./records.ts";

export type HistoryVerdict =
  | { readonly ok: true; readonly epochs: number; readonly records: number; readonly head: Digest | null }
  | { readonly ok: false; readonly seq: number; readonly because: string; readonly suspects?: readonly number[] };

/**
 * Reads every stored byte of an environment's ledger: numbers without a gap, each record holding the hash of the bytes
 * before it, and `current.json` naming a record that is there. A cut tail shows only against that copy (protocol I8).
 * @throws PortError when the store does not answer.
 */
export async function verifyHistory(store: ObjectStore, environment: EnvironmentName): Promise<HistoryVerdict> {
  try {
    const current = await readCurrent(store, environment);
    const records = await readHistory(store, environment);
    let standing: Standing = nothingYet;
    for (const stored of records) {
      standing = followWith(standing, environment, stored);
      if (current?.seq !== standing.seq) continue;
      if (current.head !== standing.head)
        return { ok: false, seq: standing.seq, because: "current.json holds another hash of it" };
      const copy = current.standing;
      if (copy && canonicalJson(copy) !== canonicalJson(standing))
        return { ok: false, seq: standing.seq, because: "current.json does not say what the records up to it say" };
    }
    if (current && current.seq > standing.seq) {
      const because = `the ledger ends at ${standing.seq} but current.json names ${current.seq}: records are missing`;
      return { ok: false, seq: standing.seq + 1, because };
    }
    return { ok: true, epochs: standing.epoch, records: standing.seq, head: standing.head };
  } catch (error) {
    if (error instanceof BrokenChainError)
      return { ok: false, seq: error.seq, because: error.message, suspects: error.suspects };
    throw error;
  }
}
