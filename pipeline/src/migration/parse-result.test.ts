import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunnerResult } from "./batch.ts";
import { batchFileSchema, pathInImage } from "./batch-file.ts";
import { expectationOf } from "./expectation.ts";
import { migrationName } from "./migration-name.ts";
import { readRunnerResult } from "./parse-result.ts";

const done: RunnerResult = {
  version: 1,
  status: "done",
  ran: ["a"],
  applied: [{ name: "a", sha256: null }],
  failure: null,
  milliseconds: 3,
};
const failure = { code: "23514", message: "m", migration: "a", statement: null, file: "migrations/a.ts", line: 5 };
const line = (value: unknown) => `slipway-result ${JSON.stringify(value)}`;

describe("the runner's result", () => {
  test("is the last line with the marker, whatever follows or stands before", () => {
    expect(readRunnerResult(["up a", line({ ...done, ran: [] }), line(done), "exited"])).toEqual(done);
    const failed = { ...done, status: "failed" as const, failure };
    expect(readRunnerResult([line(done), line(failed)])).toEqual(failed);
  });

  test.each([
    { name: "no lines", lines: [] },
    { name: "no marker", lines: ["done", ` ${line(done)}`] },
    { name: "a last one cut short", lines: [line(done), line(done).slice(0, -5)] },
    { name: "another version", lines: [line({ ...done, version: 2 })] },
    { name: "an unknown status", lines: [line({ ...done, status: "ok" })] },
    { name: "done with a failure", lines: [line({ ...done, failure })] },
    { name: "failed without one", lines: [line({ ...done, status: "failed" })] },
    { name: "a hash that is none", lines: [line({ ...done, applied: [{ name: "a", sha256: "sha256:1" }] })] },
    { name: "no JSON", lines: ["slipway-result done"] },
    { name: "an array", lines: ["slipway-result []"] },
    { name: "a line without end", lines: [line({ ...done, ran: ["x".repeat(1_000_000)] })] },
  ])("is none with $name", ({ lines }) => {
    expect(readRunnerResult(lines)).toBeNull();
  });

  test("is none for any text after the marker that is no result", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => readRunnerResult([`slipway-result ${text}`]) === null),
    );
  });
});

test("the expectation is of the set of names, not their order", () => {
  expect(expectationOf(["b", "a"])).toBe(expectationOf(["a", "b", "a"]));
  expect(expectationOf(["a,b"])).not.toBe(expectationOf(["a", "b"]));
  expect(expectationOf([])).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test.each([
  ["migrations/20261118_x.ts", "20261118_x"],
  ["20261118_x.js", "20261118_x"],
  ["0001_init.sql", "0001_init"],
  ["v1.2_x.mjs", "v1.2_x"],
  ["plain", "plain"],
])("%s is the migration %s", (path, name) => {
  expect(migrationName(path)).toBe(name);
});

const batch = {
  version: 1,
  engine: "sql",
  folder: "./db/",
  files: [{ name: "a", file: "a.sql", sha256: `sha256:${"0".repeat(64)}` }],
  database: "DATABASE_URL",
  lockTimeoutMilliseconds: 5_000,
  timeoutSeconds: 60,
};

test("a file of a batch lies in its folder, and nowhere outside the image", () => {
  expect(pathInImage({ folder: "./db/" }, { file: "a.sql" })).toBe("db/a.sql");
  expect(pathInImage({ folder: "db" }, { file: "db/a.sql" })).toBe("db/a.sql");
  expect(pathInImage({ folder: "." }, { file: "a.sql" })).toBe("a.sql");
  expect(batchFileSchema.safeParse(batch).success).toBe(true);
  for (const file of ["/etc/passwd", "../a", "x/../../a", "..", "a\u0000b", ""]) {
    expect(batchFileSchema.safeParse({ ...batch, files: [{ ...batch.files[0], file }] }).success, file).toBe(false);
  }
});
