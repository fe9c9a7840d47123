import { describe, expect, test } from "vitest";
import { findScriptProblem, runsInTransaction } from "./check-script.ts";
import { splitStatements } from "./sql-script.ts";

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

describe("splitting plain SQL", () => {
  test.each([
    { name: "semicolons", sql: "select 1; select 2;", parts: ["select 1", "select 2"] },
    { name: "no last semicolon", sql: "select 1;\nselect 2", parts: ["select 1", "select 2"] },
    { name: "strings", sql: "select 'a;b''c;'; select 2", parts: ["select 'a;b''c;'", "select 2"] },
    { name: "strings with escapes", sql: "select E'a\\';b'; select 2", parts: ["select E'a\\';b'", "select 2"] },
    { name: "a backslash in a plain string", sql: "select 'a\\'; select 2", parts: ["select 'a\\'", "select 2"] },
    { name: "quoted identifiers", sql: 'select 1 as "a;""b"; select 2', parts: ['select 1 as "a;""b"', "select 2"] },
    {
      name: "dollar quotes",
      sql: "do $x$ begin; $$ ; end $x$; select 2",
      parts: ["do $x$ begin; $$ ; end $x$", "select 2"],
    },
    { name: "parameters are no quotes", sql: "select $1; select $1", parts: ["select $1", "select $1"] },
    {
      name: "comments",
      sql: "-- a;\n/* b; /* c; */ ; */ select 1 -- d;\n; select 2",
      parts: ["select 1 -- d;", "select 2"],
    },
    {
      name: "rules",
      sql: "create rule r as on insert to t do (select 1; select 2); select 3",
      parts: ["create rule r as on insert to t do (select 1; select 2)", "select 3"],
    },
    {
      name: "SQL function bodies",
      sql: "create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
      parts: [
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end",
        "select 3",
      ],
    },
    { name: "nothing", sql: " ; ;\n-- only a comment\n", parts: [] },
    { name: "an unfinished string", sql: "select 'a; b", parts: ["select 'a; b"] },
  ])("$name", ({ sql, parts }) => {
    expect(texts(sql)).toEqual(parts);
  });

  test("knows the line and the first words of each", () => {
    const [, second] = splitStatements("select 1;\n-- x\n\n  /* y */ commit /* z */ work;");
    expect(second).toMatchObject({ line: 4, words: ["COMMIT", "WORK"] });
  });
});

describe("a file that must not run", () => {
  test.each([
    { name: "commit", sql: "select 1;\nCommit;", line: 2, says: "COMMIT" },
    { name: "begin", sql: "begin;\nselect 1", line: 1, says: "BEGIN" },
    { name: "end", sql: "end transaction", line: 1, says: "END" },
    { name: "rollback", sql: "rollback and chain", line: 1, says: "ROLLBACK" },
    { name: "a commit behind a comment", sql: "/* ; */ commit", line: 1, says: "COMMIT" },
    { name: "a prepared transaction", sql: "prepare transaction 'x'", line: 1, says: "PREPARE" },
    { name: "a psql command", sql: "select 1;\n\\i other.sql\n", line: 2, says: "psql" },
    { name: "dbmate's way down", sql: "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;", line: 3, says: "undoes" },
    { name: "goose's way down", sql: "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;", line: 3, says: "undoes" },
  ])("$name", ({ sql, line, says }) => {
    expect(findScriptProblem(sql)).toMatchObject({ line, message: expect.stringContaining(says) });
  });

  test.each([
    { name: "a commit in a string", sql: "select 'x;\ncommit;'" },
    { name: "a savepoint", sql: "savepoint a; rollback to a; rollback work to savepoint a; release a" },
    { name: "a prepared statement", sql: "prepare p as select 1" },
    { name: "a block", sql: "do $$ begin perform 1; end $$" },
    { name: "a function", sql: "create function f() returns int language sql begin atomic select 1; end" },
    { name: "a line of a string that begins with a backslash", sql: "select '\n\\i x'; select $$\n\\q$$" },
    { name: "the word down", sql: "-- downtime is none\nselect 1; -- shut it down" },
  ])("is not one with $name", ({ sql }) => {
    expect(findScriptProblem(sql)).toBeNull();
  });

  test("asks for no transaction in its first line alone", () => {
    expect(runsInTransaction("-- slipway: no transaction\ncreate index concurrently i on t (a)")).toBe(false);
    expect(runsInTransaction("\ufeff--SLIPWAY: no transaction\r\nselect 1")).toBe(false);
    expect(runsInTransaction("select 1;\n-- slipway: no transaction")).toBe(true);
    expect(runsInTransaction("-- slipway: no transactions here")).toBe(true);
  });
});
