import type { PutAnswer, StoredObject } from "../ports.ts";

/** What every store answers where its condition did not hold: our own bytes are our own write, whose answer was lost. */
export function judgeConflict(
  stored: Pick<StoredObject, "body" | "etag" | "serverTime"> | null,
  body: Uint8Array,
): PutAnswer {
  if (!stored || Buffer.compare(stored.body, body) !== 0) return { status: "conflict" };
  return { status: "written", etag: stored.etag, serverTime: stored.serverTime };
}
