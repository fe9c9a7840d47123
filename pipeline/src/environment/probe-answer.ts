import { createHash } from "node:crypto";
import type { Digest } from "../identifiers.ts";
import type { ProbeAnswer } from "../ports.ts";

const keptBodyBytes = 64 * 1024;

/** Reads an answer to its end: its hash is of all bytes, its text of the first. @throws whatever breaks it off */
export async function readProbeAnswer(
  status: number,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Exclude<ProbeAnswer, "unreachable">> {
  const hash = createHash("sha256");
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (bytes < keptBodyBytes) kept.push(chunk.subarray(0, keptBodyBytes - bytes));
    bytes += chunk.length;
  }
  return { status, sha256: `sha256:${hash.digest("hex")}` as Digest, body: Buffer.concat(kept).toString("utf8") };
}
