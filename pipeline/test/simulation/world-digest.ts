import { hash } from "node:crypto";
import type { Digest } from "../../src/identifiers.ts";
import { foldRecord } from "../../src/ledger/fold.ts";
import type { LeaseDocument } from "../../src/ledger/lease-document.ts";
import { nothingYet, type Standing } from "../../src/ledger/records.ts";
import type { Simulation } from "./simulation.ts";
import { recall, recordOf, type StoredBytes } from "./stored-records.ts";

export interface WorldDigest {
  /** All but the lease. */
  readonly world: string;
  /** What the lease says, and how old it is. */
  readonly lease: string;
}

/** By etag: what a document says, without when, by which nonce and after which bytes. */
const canon = new Map<string, string>();
/** By etag of its last record, which holds the hash of all before it: what a ledger folds to, and that as a text. */
const folds = new Map<string, Fold>();
interface Fold {
  readonly standing: Standing;
  readonly text: string;
}

/**
 * Worlds that differ in the time of day, in nonces and in the hashes that follow from both are one world: nothing in the kernel asks for a
 * date, only for how long ago something was. Ages count, to the millisecond. Of the ledger only its fold counts, which is all that the kernel
 * asks of it (`readStanding`); `wholeHistory`: every record does.
 */
export function digestWorld({ store, environment, clock, name }: Simulation, wholeHistory = false): WorldDigest {
  const now = Date.parse(clock.now());
  const history = `environments/${name}/history/`;
  const parts: string[] = [];
  const records: StoredBytes[] = [];
  let lease = "";
  for (const [key, entry] of store.entries()) {
    if (key.startsWith("releases/") && key.endsWith("/release.json")) continue;
    if (key.startsWith("blobs/") || key.startsWith("targets/")) continue;
    if (key.endsWith("/lease.json")) lease = leaseOf(entry.body, now - Date.parse(entry.writtenAt), now);
    else if (key.startsWith(history) && !wholeHistory) records.push(entry);
    else parts.push(key, said(entry));
  }
  parts.push(foldOf(records), environment.digest());
  return { world: hash("md5", parts.join("\0"), "base64"), lease };
}

/** Oldest first, as they were written. */
function foldOf(records: readonly StoredBytes[]): string {
  let fold: Fold = { standing: nothingYet, text: "" };
  const last = records.at(-1);
  const known = last && folds.get(last.etag);
  if (known) return known.text;
  for (const stored of records) {
    const { standing } = fold;
    fold = recall(folds, stored.etag, () => foldedTo(foldRecord(standing, recordOf(stored), stored.etag as Digest)));
  }
  return fold.text;
}

const foldedTo = (standing: Standing): Fold => ({ standing, text: textOfFold(standing) });

/** Without the number of its last record, which only counts what was journaled. */
const textOfFold = ({ seq: _seq, head: _head, lineage: _lineage, ...said }: Standing): string =>
  withoutTimes(JSON.stringify(said));

const said = ({ etag, body }: StoredBytes): string => recall(canon, etag, () => withoutTimes(textOf(body)));

const withoutTimes = (json: string): string =>
  json
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, "T")
    .replace(/"[0-9a-f]{32}"/g, "N")
    .replace(/"(prev|head|lineage|recordSha256)":"[^"]*"/g, "$1")
    .replace(/"(milliseconds|seconds)":[\d.]+/g, "$1");

/** Only how old it is counts, and only up to where it makes a difference: a minute is older than any timing here. */
function leaseOf(body: Uint8Array, age: number, now: number): string {
  const { state, epoch, doing, quietUntil, lost } = JSON.parse(textOf(body)) as LeaseDocument;
  const quiet = quietUntil === null ? null : Math.max(0, Date.parse(quietUntil) - now);
  return JSON.stringify([state, epoch, doing, quiet, lost?.how ?? null, state === "held" ? Math.min(age, 60_000) : 0]);
}

const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);
