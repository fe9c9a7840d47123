import type { Digest } from "../../identifiers.ts";
import { sha256 } from "../../release/canonical-json.ts";
import { hexOf } from "../../release/store-keys.ts";
import type { WebFile } from "../../web/file-list.ts";

/*
 * Which bytes each entry of a release has, where an edge can ask: values of a KeyValueStore, 1 KB each
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores). A few entries lie in the
 * pointer itself. More of them are spread by the SHA-256 of their path over 2^bits values, which tables of names lead to; each is named
 * by its content and never changes, so a change of one entry writes one of them, and the pointer brings all of it to light at once.
 * `viewer-request.js` reads this.
 */

/** Content of an entry; of an asset that an address of a page could mean: "". */
export type MappedFiles = ReadonlyMap<string, string>;

export interface EntryMap {
  readonly bits: number;
  /** `;path content;path content;`, or the names of what it is spread over. */
  readonly files: string;
  /** Values to be there before the pointer says so, by name. */
  readonly nodes: ReadonlyMap<string, string>;
}

/** Bytes of a value, with some to spare. */
export const mostValueBytes = 1_000;
/** What one table leads to: 32 names of 16 digits. */
const fanOutBits = 5;
export const mostTableBytes = 16 * 2 ** fanOutBits;
/** A million paths; nobody comes here but with paths made for it. */
const mostBits = 20;

/** Digits that name bytes: 64 bits, and whoever puts the file compares all of its digest. */
export const contentName = (digest: Digest): string => hexOf(digest).slice(0, 16);
/** Below the web's prefix: an entry never changes there, since its content is in its name. */
export const entryKey = ({ sha256, path }: WebFile): string => `entries/${contentName(sha256)}/${path}`;
export const nodeKey = (name: string): string => `files-${name}`;
export const bytesOf = (nodes: EntryMap["nodes"]): number =>
  [...nodes].reduce((sum, [key, text]) => sum + key.length + text.length, 0);
export const isNodeKey = (key: string): boolean => key.startsWith("files-");

/** `inlineBytes`: what the pointer has room for; never less than a table needs. Null: the paths cannot be spread. */
export function mapEntries(files: MappedFiles, inlineBytes: number): EntryMap | null {
  const lines = [...files].map(([path, content]) => `${path} ${content};`).toSorted();
  const whole = `;${lines.join("")}`;
  if (whole.length <= inlineBytes) return { bits: 0, files: whole, nodes: new Map() };
  const placed = lines.map((line) => ({ line, hash: hashOf(line.slice(0, line.indexOf(" "))) }));
  for (let bits = Math.max(1, Math.ceil(Math.log2(whole.length / mostValueBytes))); bits <= mostBits; bits += 1) {
    const leaves = spread(placed, bits);
    if (leaves.every((leaf) => leaf.length <= mostValueBytes)) return nameAll(leaves, bits);
  }
  return null;
}

interface Placed {
  readonly line: string;
  /** 32 bits. */
  readonly hash: number;
}
const hashOf = (path: string): number => Number.parseInt(hexOf(sha256(path)).slice(0, 8), 16);

function spread(placed: readonly Placed[], bits: number): readonly string[] {
  const leaves = Array.from({ length: 2 ** bits }, () => ";");
  for (const { line, hash } of placed) leaves[Math.floor(hash / 2 ** (32 - bits))] += line;
  return leaves;
}

/** Up from the leaves, a table for each 32 of what lies below it, until one is left: that is the pointer's. */
function nameAll(leaves: readonly string[], bits: number): EntryMap {
  const nodes = new Map<string, string>();
  let level = leaves;
  for (let left = bits; ; left -= fanOutBits) {
    const names = level.map((text) => {
      const name = hexOf(sha256(text)).slice(0, 16);
      nodes.set(nodeKey(name), text);
      return name;
    });
    if (left <= fanOutBits) return { bits, files: names.join(""), nodes };
    level = inTables(names);
  }
}

const inTables = (names: readonly string[]): readonly string[] =>
  Array.from({ length: names.length / 2 ** fanOutBits }, (_, table) =>
    names.slice(table * 2 ** fanOutBits, (table + 1) * 2 ** fanOutBits).join(""),
  );
