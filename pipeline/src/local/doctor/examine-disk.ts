import { statfs } from "node:fs/promises";
import { examined, type Finding, no, ok } from "../../environment/doctor/finding.ts";
import { PortError } from "../../errors.ts";

/** With less than this a build or a database may well not fit. */
const leastBytes = 512 * 1024 ** 2;
const gibibyte = 1024 ** 3;

/** What is left for us on the disk that a folder lies on. Null blocks: a file system that does not say. */
export async function examineDisk(folder: string): Promise<readonly Finding[]> {
  return await examined("disk", async () => {
    const { bavail, bsize, blocks } = await statfs(folder).catch((cause: unknown) => {
      throw new PortError("statfs", "none", `${folder} cannot be looked at`, { cause });
    });
    const free = bavail * bsize;
    const text = `${(free / gibibyte).toFixed(1)} GiB free where the store is`;
    if (blocks === 0 || free >= leastBytes) return [ok("disk", text)];
    return [no("disk", text, "make room on the disk, then the same command")];
  });
}
