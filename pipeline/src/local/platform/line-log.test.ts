import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { eachLine, RotatingLog } from "./line-log.ts";

async function linesOf(...chunks: readonly Buffer[]): Promise<readonly string[]> {
  const lines: string[] = [];
  await eachLine(Readable.from(chunks), (line) => lines.push(line));
  return lines;
}

test("lines are whole however they arrive, also within a character", async () => {
  const bytes = Buffer.from("größe\r\nzweite\n\nlast");
  const single = Array.from(bytes, (_, n) => bytes.subarray(n, n + 1));
  expect(await linesOf(...single)).toEqual(["größe", "zweite", "", "last"]);
});

test("a line without an end is cut and takes no more memory", async () => {
  const lines = await linesOf(...Array.from({ length: 100 }, () => Buffer.alloc(10_000, "x")), Buffer.from("\nnext\n"));
  expect(lines.map((line) => line.length)).toEqual([16_384, 4]);
});

test("a full log is turned over, so that at most twice its limit is kept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-log-"));
  try {
    const path = join(folder, "logs", "api.log");
    const log = new RotatingLog(path, 1_000);
    for (let n = 0; n < 500; n++) log.append(`line ${n}`);
    const sizes = await Promise.all([path, `${path}.1`].map(async (file) => (await stat(file)).size));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect((await readFile(path, "utf8")).trimEnd().split("\n").at(-1)).toBe("line 499");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
