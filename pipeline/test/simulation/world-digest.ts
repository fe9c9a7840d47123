import { createHash } from "node:crypto";
import type { LeaseDocument } from "../../src/ledger/lease-document.ts";
import type { Simulation } from "./simulation.ts";

/** By etag: what a document says, without when, by which nonce and after which bytes. */
const canon = new Map<string, string>();

/**
 * Worlds that differ in the time of day, in nonces and in the hashes that follow from both are one world: nothing in the kernel asks for a
 * date, only for how long ago something was. Ages count, to the millisecond.
 */
export function digestWorld(
  { store, environment, clock }: Simulation,
  lease: "with its lease" | "without" = "with its lease",
): string {
  const now = Date.parse(clock.now());
  const hash = createHash("md5");
  for (const [key, entry] of store.entries()) {
    if (key.startsWith("releases/") && key.endsWith("/release.json")) continue;
    if (lease === "without" && key.endsWith("/lease.json")) continue;
    if (key.startsWith("blobs/") || key.startsWith("targets/")) continue;
    hash.update(key).update("\0");
    hash.update(
      key.endsWith("/lease.json") ? leaseOf(entry.body, now - Date.parse(entry.writtenAt), now) : said(entry),
    );
  }
  return hash.update(environment.digest()).digest("base64");
}

function said({ etag, body }: { readonly etag: string; readonly body: Uint8Array }): string {
  const known = canon.get(etag);
  if (known !== undefined) return known;
  const text = textOf(body)
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, "T")
    .replace(/"[0-9a-f]{32}"/g, "N")
    .replace(/"(prev|head|lineage|recordSha256)":"[^"]*"/g, "$1")
    .replace(/"(milliseconds|seconds)":[\d.]+/g, "$1");
  canon.set(etag, text);
  return text;
}

/** Only how old it is counts, and only up to where it makes a difference: a minute is older than any timing here. */
function leaseOf(body: Uint8Array, age: number, now: number): string {
  const { state, epoch, doing, quietUntil, lost } = JSON.parse(textOf(body)) as LeaseDocument;
  const quiet = quietUntil === null ? null : Math.max(0, Date.parse(quietUntil) - now);
  return JSON.stringify([state, epoch, doing, quiet, lost?.how ?? null, state === "held" ? Math.min(age, 60_000) : 0]);
}

const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);
