/** Fields of a tar header: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format". */
export const blockBytes = 512;

const fields = { size: [124, 12], time: [136, 12], checksum: [148, 8] } as const;
type NumberField = keyof typeof fields;

export const nameOf = (header: Buffer): string => {
  const prefix = header.toString("latin1", 257, 262) === "ustar" ? textAt(header, 345, 155) : "";
  return prefix === "" ? textAt(header, 0, 100) : `${prefix}/${textAt(header, 0, 100)}`;
};
export const linkOf = (header: Buffer): string => textAt(header, 157, 100);
export const typeOf = (header: Buffer): string => String.fromCharCode(header[156] ?? 0);

function textAt(header: Buffer, at: number, length: number): string {
  const text = header.subarray(at, at + length);
  const end = text.indexOf(0);
  return text.toString("utf8", 0, end === -1 ? length : end);
}

/** Octal digits, or, where they do not do, GNU's binary form. */
export function numberOf(header: Buffer, field: NumberField): number {
  const [at, length] = fields[field];
  const bytes = header.subarray(at, at + length);
  const first = bytes[0] ?? 0;
  if ((first & 0x80) === 0) return Number.parseInt(bytes.toString("latin1").replaceAll("\0", " ").trim() || "0", 8);
  const isNegative = (first & 0x40) !== 0;
  return bytes.reduce((sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x3f : byte), 0) * (isNegative ? -1 : 1);
}

/** A copy with these numbers, and the checksum that it has then. */
export function withNumbers(header: Buffer, numbers: Partial<Record<"size" | "time", number>>): Buffer {
  const copy = Buffer.from(header);
  for (const [field, value] of Object.entries(numbers) as ["size" | "time", number][]) {
    const [at, length] = fields[field];
    copy.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  }
  const [at, length] = fields.checksum;
  copy.fill(" ", at, at + length);
  const sum = copy.reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, at, "latin1");
  return copy;
}

/** Content fills whole blocks. */
export const padded = (bytes: number): number => Math.ceil(bytes / blockBytes) * blockBytes;
