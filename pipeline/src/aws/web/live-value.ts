import * as z from "zod";
import { PortError } from "../../errors.ts";
import { type Digest, digestPattern, type Epoch, type Sha, shaPattern } from "../../identifiers.ts";
import type { WebRevision } from "../../ports.ts";
import { entriesOf, type WebFileList } from "../../web/file-list.ts";
import type { Assets } from "./asset-pool.ts";
import { bytesOf, contentName, type EntryMap, mapEntries, mostTableBytes, mostValueBytes } from "./entry-map.ts";
import { mappedFilesOf } from "./release-list.ts";

/** Key of the KeyValueStore under which the pointer lies; `viewer-request.js` reads it at every request. */
export const liveKey = "live";

const liveSchema = z.strictObject({
  version: z.literal(1),
  epoch: z.number().int().nonnegative(),
  sha: z
    .string()
    .regex(shaPattern)
    .transform((text) => text as Sha)
    .nullable(),
  digest: z
    .string()
    .regex(digestPattern)
    .transform((text) => text as Digest)
    .nullable(),
  /** Content and path of the entry that answers navigations without a file. */
  fallback: z.string().nullable(),
  bits: z.number().int().min(0).max(20),
  files: z.string(),
  /** Lists whose entries are all in the bucket, newest first: going back to one of them copies nothing. */
  kept: z.array(z.string()),
});
/** What is live: the value that pages are served by. */
export type LiveValue = z.infer<typeof liveSchema>;

export const neverLive: LiveValue = {
  version: 1,
  epoch: 0,
  sha: null,
  digest: null,
  fallback: null,
  bits: 0,
  files: ";",
  kept: [],
};

export const revisionOf = ({ sha, digest }: LiveValue): WebRevision | null =>
  sha === null || digest === null ? null : { sha, digest };

/** @throws PortError when somebody else has written it */
export function parseLive(text: string): LiveValue {
  const read = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  })();
  const parsed = liveSchema.safeParse(read);
  if (parsed.success) return parsed.data;
  throw new PortError(
    "web.readLive",
    "none",
    `the value of "${liveKey}" in the KeyValueStore is none that Slipway wrote`,
  );
}

const mostKept = 8;
/** A KeyValueStore takes 5 MB, and what was live stays in it beside what comes. */
const mostMapBytes = 2_300_000;
export const isKept = ({ kept }: LiveValue, digest: Digest): boolean => kept.includes(contentName(digest));

export interface NextLive {
  readonly value: LiveValue;
  /** Values that have to be there before it. */
  readonly nodes: EntryMap["nodes"];
}

export function pointTo(
  { sha, digest }: WebRevision,
  list: WebFileList,
  assets: Assets,
  before: LiveValue,
  epoch: Epoch,
): NextLive {
  const entry = entriesOf(list).find(({ path }) => path === list.fallback);
  const fallback = entry ? `${contentName(entry.sha256)}/${entry.path}` : null;
  const bare: LiveValue = { ...neverLive, epoch, sha, digest, fallback };
  const kept = keptAfter(digest, before);
  while (kept.length > 1 && roomIn({ ...bare, kept }) < mostTableBytes) kept.pop();
  const map = mapEntries(mappedFilesOf(list, assets), roomIn({ ...bare, kept }));
  if (map === null || bytesOf(map.nodes) > mostMapBytes)
    throw new PortError(
      "web.switchTo",
      "none",
      `${entriesOf(list).length} entries are more than a KeyValueStore holds; declare files with hashed names in web.assets, or set web.switch: sync`,
    );
  return { value: { ...bare, bits: map.bits, files: map.files, kept }, nodes: map.nodes };
}

function keptAfter(digest: Digest, before: LiveValue): string[] {
  const names = [digest, before.digest].flatMap((one) => (one === null ? [] : [contentName(one)]));
  return [...new Set([...names, ...before.kept])].slice(0, mostKept);
}

/** Bytes of a value that are left for the entries. */
const roomIn = (pointer: LiveValue): number => mostValueBytes - JSON.stringify({ ...pointer, files: "" }).length;
