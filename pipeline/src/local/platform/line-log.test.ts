import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { runnerResultMarker } from "../../migration/batch.ts";
import { longestResult, readRunnerResult } from "../../migration/parse-result.ts";
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

const applied = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    name: `20260101${String(n).padStart(6, "0")}_add_some_column`,
    sha256: `sha256:${"a".repeat(64)}`,
  }));

test.each([100, 140, 1_000, 5_000])(
  "the result of a runner with %i migrations comes out of a task's log whole",
  async (count) => {
    const result = { version: 1, status: "done", ran: [], applied: applied(count), failure: null, milliseconds: 1 };
    const bytes = Buffer.from(`begun\r\n${runnerResultMarker}${JSON.stringify(result)}\n`);
    const pipe = 64 * 1024;
    const chunks = Array.from({ length: Math.ceil(bytes.length / pipe) }, (_, n) =>
      bytes.subarray(n * pipe, (n + 1) * pipe),
    );
    const lines: string[] = [];
    await eachLine(Readable.from(chunks), (line) => lines.push(line), longestResult);
    expect(lines).toHaveLength(2);
    expect(readRunnerResult(lines)?.applied).toHaveLength(count);
  },
);

test("a task's line without an end is cut too", async () => {
  const lines: string[] = [];
  const endless = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(10_000, "x")));
  await eachLine(endless, (line) => lines.push(line), longestResult);
  expect(lines.map((line) => line.length)).toEqual([1_000_000]);
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
