import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import type { RunnerResult } from "../batch.ts";
import type { BatchEntry } from "../batch-file.ts";
import { expectationOf } from "../expectation.ts";
import { RunnerFailure } from "./failure.ts";
import { findPending } from "./find-pending.ts";
import { outputTo } from "./output.ts";
import { redactorFor } from "./redactor.ts";
import { StatementRules } from "./statement-rules.ts";

const hash = (digit: string) => `sha256:${digit.repeat(64)}` as const;
const file = (name: string): BatchEntry => ({ name, file: `${name}.js`, sha256: hash("a") });
const applied = (...names: string[]) => ({ names: names.map((name) => ({ name, sha256: null })), halfRun: [] });
const reason = (ask: () => unknown): unknown => {
  try {
    return ask();
  } catch (error) {
    return error instanceof RunnerFailure ? error.report : error;
  }
};

describe("what is pending", () => {
  test("is what the database lacks, in the files' order, a late one too", () => {
    expect(findPending([file("a"), file("b"), file("c")], applied("b"), null).map(({ name }) => name)).toEqual([
      "a",
      "c",
    ]);
  });
  test("is nothing for an older release that the ledger knows to be older", () => {
    expect(findPending([file("a")], applied("a", "b"), expectationOf(["b", "a"]))).toEqual([]);
  });
  test("is not answered when the applied ones are not those expected", () => {
    expect(reason(() => findPending([file("a")], applied("a", "b"), null))).toMatchObject({
      code: "diverged",
      migration: "b",
    });
    expect(reason(() => findPending([file("a")], applied(), expectationOf(["a"])))).toMatchObject({ code: "diverged" });
  });
  test("is not answered after an applied file was edited, nor while one is half run", () => {
    const edited = { names: [{ name: "a", sha256: hash("b") as never }], halfRun: [] };
    expect(reason(() => findPending([file("a")], edited, null))).toMatchObject({ code: "diverged", file: "a.js" });
    expect(reason(() => findPending([file("a")], { names: [], halfRun: ["a"] }, null))).toMatchObject({
      code: "half-run",
    });
  });
});

describe("output", () => {
  test("holds no part of the address, however it is quoted", () => {
    const redact = redactorFor("postgres://user:p%40ss%2Fword@db.internal:6543/app?password=other-one");
    const text = redact("p@ss/word p%40ss%2Fword db.internal:6543 getaddrinfo db.internal other-one");
    expect(text).toBe("[redacted] [redacted] [redacted] getaddrinfo [redacted] [redacted]");
  });
  test("is one line a call, and the result is short and clean", async () => {
    const stream = new PassThrough({ encoding: "utf8" });
    const output = outputTo(stream, (text) => text.replaceAll("secret", "*"));
    output.line('up a\nslipway-result {"version":1}\u001b[31m');
    const failure = {
      code: "1",
      message: "secret".repeat(9_999),
      migration: "a",
      statement: "secret",
      file: null,
      line: null,
    };
    const result: RunnerResult = { version: 1, status: "failed", ran: [], applied: [], failure, milliseconds: 1 };
    await output.result(result);
    const lines = String(stream.read()).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\dZ up a slipway-result \{"version":1\} \[31m$/);
    expect(lines[1]).not.toContain("secret");
    expect(lines[1]?.length).toBeLessThan(3_000);
  });
});

test("a migration may not end its transaction; outside of one, and before and after it, anything goes", () => {
  const rules = new StatementRules();
  rules.check("COMMIT;");
  rules.enter(true);
  for (const text of ["COMMIT;", "rollback", "select 1; commit", "/* x */ begin", "start transaction"]) {
    expect(() => rules.check(text)).toThrow("not allowed");
  }
  for (const text of ["savepoint a", "ROLLBACK TO trx2", "select 'commit'", "do $$ begin end $$"]) rules.check(text);
  rules.leave();
  rules.check("ROLLBACK");
  rules.enter(false);
  rules.check("BEGIN;");
});
