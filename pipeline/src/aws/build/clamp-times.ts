import { blockBytes, numberOf, padded, typeOf, withNumbers } from "./tar-header.ts";

/** Between the clocks of two machines: AWS takes no request from one that is off by a quarter of it. */
const skewSeconds = 3_600;
const longestExtension = 2 ** 20;
/** Links, devices, folders and pipes have no content, whatever their size says. */
const withoutContent: ReadonlySet<string> = new Set(["1", "2", "3", "4", "5", "6"]);
/** No entries, but what belongs to the next one: a long name, a long link, records for all. */
const precedes: ReadonlySet<string> = new Set(["g", "L", "K"]);

/**
 * A layer's tar with no time of its build in it: what is later than the commit has the commit's time. Everything else stays as it is, byte for
 * byte. The hour before the commit counts as later, since clocks of machines differ. What a base image holds is older, most of the time, and its
 * layers are then those of every image on it.
 */
export async function* clampTimes(
  tar: AsyncIterable<Buffer>,
  commitSeconds: number,
  nowSeconds: number,
): AsyncGenerator<Buffer> {
  // The clock of whoever committed may be far ahead: what is built now is later all the same.
  const latestKept = Math.min(commitSeconds, nowSeconds) - skewSeconds;
  const clamp = (header: Buffer): Buffer =>
    numberOf(header, "time") > latestKept ? withNumbers(header, { time: commitSeconds }) : header;
  let rest: Buffer = Buffer.alloc(0);
  /** Bytes that follow as they are: an entry's content with its padding; after the last one, everything. */
  let toPass = 0;
  let extendedSize: number | null = null;
  for await (const chunk of tar) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length > 0) {
      if (toPass > 0) {
        const part = rest.subarray(0, toPass);
        yield part;
        toPass -= part.length;
        rest = rest.subarray(part.length);
        continue;
      }
      const header = rest.subarray(0, blockBytes);
      const whole = typeOf(header) === "x" ? blockBytes + padded(extensionBytes(header)) : blockBytes;
      if (header.length < blockBytes || rest.length < whole) break;
      if (typeOf(header) === "x") {
        const extension = withoutTimes(rest.subarray(blockBytes, blockBytes + numberOf(header, "size")));
        extendedSize = extension.size;
        if (extension.bytes.length > 0) {
          yield withNumbers(clamp(header), { size: extension.bytes.length });
          yield pad(extension.bytes);
        }
      } else if (header.every((byte) => byte === 0)) {
        toPass = Number.POSITIVE_INFINITY;
        continue;
      } else {
        yield clamp(header);
        toPass = contentBytes(header, extendedSize);
        if (!precedes.has(typeOf(header))) extendedSize = null;
      }
      rest = rest.subarray(whole);
    }
  }
  // Some tools leave the two empty blocks at the end out.
  if (rest.length > 0 || (toPass > 0 && Number.isFinite(toPass))) throw new Error("a layer's tar ends early");
}

function extensionBytes(header: Buffer): number {
  const size = header.length < blockBytes ? 0 : numberOf(header, "size");
  if (size > longestExtension) throw new Error("a layer's tar has an extended header over 1 MiB");
  return size;
}

/** With padding. */
function contentBytes(header: Buffer, extendedSize: number | null): number {
  if (withoutContent.has(typeOf(header))) return 0;
  return padded(precedes.has(typeOf(header)) ? numberOf(header, "size") : (extendedSize ?? numberOf(header, "size")));
}

/** An extended header's records but those of times, and the size of the entry that it says. */
function withoutTimes(bytes: Buffer): { readonly bytes: Buffer; readonly size: number | null } {
  const records = readRecords(bytes);
  const size = records.get("size");
  return {
    bytes: writeRecords([...records].filter(([name]) => !["mtime", "atime", "ctime"].includes(name))),
    size: size === undefined ? null : Number(size),
  };
}

/** `<length> <name>=<value>\n`, where the length counts all of it, in bytes. */
function readRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(" ", at);
    const length = Number(bytes.toString("latin1", at, space));
    const equals = bytes.indexOf("=", space);
    if (space === -1 || equals === -1 || !(length > 0)) throw new Error("a layer's tar has a damaged extended header");
    // One character a byte: attributes hold any bytes.
    records.set(bytes.toString("latin1", space + 1, equals), bytes.toString("latin1", equals + 1, at + length - 1));
    at += length;
  }
  return records;
}

function writeRecords(records: readonly (readonly [string, string])[]): Buffer {
  const lines = records.map(([name, value]) => {
    const text = ` ${name}=${value}\n`;
    let length = text.length;
    while (String(length).length + text.length !== length) length = String(length).length + text.length;
    return `${length}${text}`;
  });
  return Buffer.from(lines.join(""), "latin1");
}

const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
