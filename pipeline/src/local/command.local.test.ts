import { expect, test } from "vitest";
import { runCommand } from "./command.ts";

const secret = "s3cret-of-twenty-five-chars";

/** Lines of a program that writes this in pieces, a moment apart. */
async function linesOf(...pieces: readonly string[]): Promise<readonly string[]> {
  const program = `const pieces = ${JSON.stringify(pieces)};
    const next = () => { const piece = pieces.shift(); if (piece !== undefined) process.stdout.write(piece, () => setTimeout(next, 30)); };
    next();`;
  const lines: string[] = [];
  await runCommand({
    command: [process.execPath, "-e", program],
    folder: ".",
    variables: {},
    onLine: (line) => lines.push(line),
    redact: (text) => text.replaceAll(secret, "***"),
  });
  return lines;
}

test("a secret that comes in two pieces is one", async () => {
  expect(await linesOf(`a ${secret.slice(0, 9)}`, `${secret.slice(9)} b\r`, "\nlast")).toEqual(["a *** b", "last"]);
});

test.for([8_170, 8_180, 8_190])("no half of a secret stays where a long line is cut, at %i", async (at) => {
  const [line = "", ...others] = await linesOf("x".repeat(at), secret + "y".repeat(100_000), "z\nnext");
  expect(line.length).toBeLessThanOrEqual(8 * 1024);
  expect(line).toMatch(/^x+\**y*$/);
  expect(others).toEqual(["next"]);
});
