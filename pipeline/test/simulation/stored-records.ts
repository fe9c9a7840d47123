import type { LedgerRecord } from "../../src/ledger/records.ts";

/** What a store keeps, and its name by content. */
export interface StoredBytes {
  readonly etag: string;
  readonly body: Uint8Array;
}

const utf8 = new TextDecoder();
const known = new Map<string, LedgerRecord>();
const mostKept = 20_000;

/** A record as it is stored; equal bytes are read once. */
export function recordOf({ etag, body }: StoredBytes): LedgerRecord {
  return recall(known, etag, () => JSON.parse(utf8.decode(body)) as LedgerRecord);
}

/** What was found out before, as long as there is room for it. */
export function recall<T>(kept: Map<string, T>, key: string, find: () => T): T {
  const before = kept.get(key);
  if (before !== undefined) return before;
  if (kept.size >= mostKept) kept.clear();
  const found = find();
  kept.set(key, found);
  return found;
}
