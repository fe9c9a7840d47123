import { describe, expect, test } from "vitest";
import { parseCommand } from "./commands.ts";
import { parseDuration } from "./durations.ts";
import { parseFreezeMoment } from "./freeze.ts";
import { nearestWord } from "./nearest-word.ts";
import { parseSmoke } from "./smoke.ts";

describe("durations", () => {
  for (const [text, seconds] of [
    ["500ms", 0.5],
    ["30s", 30],
    ["15m", 900],
    ["24h", 86_400],
    ["7d", 604_800],
    ["0s", 0],
  ] as const) {
    test(`${text} is ${seconds} s`, () => expect(parseDuration(text)).toBe(seconds));
  }
  for (const text of ["24", "", "h", "1.5h", "1h30m", " 1h", "1H", "1h\n", "1e3s"]) {
    test(`${JSON.stringify(text)} is none`, () => expect(parseDuration(text)).toBeNull());
  }
});

describe("commands", () => {
  for (const [text, words] of [
    ["npm ci", ["npm", "ci"]],
    ["  node   server.js ", ["node", "server.js"]],
    [`node -e "a b" 'c d'`, ["node", "-e", "a b", "c d"]],
    [`sh -c 'exec serve --port $PORT'`, ["sh", "-c", "exec serve --port $PORT"]],
    [`a --name="x y"z`, ["a", "--name=x yz"]],
    [`a "" b`, ["a", "", "b"]],
    [`a "it's"`, ["a", "it's"]],
  ] as const) {
    test(`${text} is split at spaces and quotes`, () =>
      expect(parseCommand(text)).toEqual({ ok: true, command: words }));
  }
});

describe("smoke checks", () => {
  test("the text is all that follows the status", () => {
    expect(parseSmoke("GET /version 200 sha is {sha}")).toEqual({
      check: { method: "GET", path: "/version", status: 200, text: "sha is {sha}" },
    });
  });
  test("the text may be left out", () => {
    expect(parseSmoke("HEAD / 204")).toEqual({ check: { method: "HEAD", path: "/", status: 204, text: null } });
  });
});

describe("freeze moments", () => {
  test("a weekday counts from Monday", () => {
    expect(parseFreezeMoment("Sun 23:59")).toEqual({ kind: "weekly", weekday: 7, minute: 1439 });
  });
  test("a date keeps its local form", () => {
    expect(parseFreezeMoment("2028-02-29 00:00")).toEqual({ kind: "once", local: "2028-02-29T00:00" });
  });
});

describe("nearest word", () => {
  const words = ["status", "staging", "prod", "dev", "rollback"];
  for (const [typed, meant] of [
    ["stauts", "status"],
    ["stagin", "staging"],
    ["PROD", "prod"],
    ["rolback", "rollback"],
    ["dve", "dev"],
    ["pord", "prod"],
    ["banana", null],
    ["", null],
    ["x".repeat(100_000), null],
  ] as const) {
    test(`${typed.slice(0, 10) || "nothing"} is near ${meant ?? "none"}`, () => {
      expect(nearestWord(typed, words)).toBe(meant);
    });
  }
});
