import { statfs } from "node:fs/promises";
import { examined, type Finding, no, ok } from "../../environment/doctor/finding.ts";
import { PortError } from "../../errors.ts";

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;
/** With less than this a build or a database may well not fit. */
const leastBytes = 512 * mebibyte;

/** What is left for us on the disk that a folder lies on. No blocks: a file system that does not say. */
export async function examineDisk(folder: string): Promise<readonly Finding[]> {
  return await examined("disk", async () => {
    const { bavail, bsize, blocks } = await statfs(folder).catch((cause: unknown) => {
      throw new PortError("statfs", "none", `${folder} cannot be looked at`, { cause });
    });
    return [judgeDisk(blocks === 0 ? null : bavail * bsize)];
  });
}

/** Null: it is not told. */
export function judgeDisk(freeBytes: number | null): Finding {
  if (freeBytes === null) return ok("disk", "the file system does not say how much is free where the store is");
  const text = `${spellSize(freeBytes)} free where the store is, at least ${spellSize(leastBytes)} needed`;
  return freeBytes >= leastBytes ? ok("disk", text) : no("disk", text, "make room on the disk, then the same command");
}

/** Rounded down, so that what is not enough never reads as if it were. */
const spellSize = (bytes: number): string =>
  bytes < gibibyte
    ? `${Math.floor(bytes / mebibyte)} MiB`
    : `${(Math.floor((bytes * 10) / gibibyte) / 10).toFixed(1)} GiB`;
