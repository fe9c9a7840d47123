import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLine, checkPrinted } from "./check-documents.ts";

const root = join(import.meta.dirname, "../..");
const version = { kind: "version", version: 1, text: "promote 0.1.0\n", exit: 0 };
const log = { type: "build:log", line: "hi" };
const line = (value: object): string => `${JSON.stringify(value)}\n`;

describe("what a call prints", () => {
  test.each([
    { name: "one document", argv: ["--json", "--version"], out: line(version) },
    { name: "events and then one document", argv: ["--events"], out: line(log) + line(version) },
    { name: "anything without a flag", argv: ["--", "--json"], out: "hello" },
  ])("may be $name", ({ argv, out }) => {
    expect(() => checkPrinted(argv, out, 0)).not.toThrow();
  });

  test("may be half of it where it was killed", () => {
    expect(() => checkPrinted(["--events"], `${line(log)}{"kind":"ver`, null)).not.toThrow();
  });

  test.each([
    { name: "nothing", out: "", says: "one document and nothing else" },
    { name: "two documents", out: line(version) + line(version), says: "one document and nothing else" },
    { name: "text beside it", out: `hello\n${line(version)}`, says: "no line of JSON: hello" },
    { name: "half a line", out: line(version).trimEnd(), says: "one document and nothing else" },
    { name: "an unknown kind", out: line({ ...version, kind: "versoin" }), says: "no schema of document versoin" },
    { name: "another exit code", out: line({ ...version }), exit: 3, says: "ended with 3, and its document says 0" },
  ])("fails as $name", ({ out, says, exit = 0 }) => {
    expect(() => checkPrinted(["--json"], out, exit)).toThrow(says);
  });

  test.each([
    { name: "a field too many", value: { ...version, host: "x" }, says: 'document version.*Unrecognized key: "host"' },
    { name: "a field too few", value: { kind: "version", version: 1, exit: 0 }, says: "document version.*: text: " },
    { name: "another type", value: { ...version, text: 1 }, says: "document version.*: text: .*expected string" },
    { name: "another version", value: { ...version, version: 2 }, says: "document version.*: version: " },
    { name: "an event of no type", value: { type: "build:end" }, says: "event build:end.*: type: " },
    {
      name: "one of several forms",
      value: {
        kind: "lock-run",
        version: 1,
        env: "dev",
        outcome: "ran",
        epoch: 0,
        program: "x",
        failed: null,
        exit: 0,
      },
      says: "document lock-run.*: epoch: .*>0",
    },
  ])("fails by kind, path and rule: $name", ({ value, says }) => {
    expect(() => checkLine(JSON.stringify(value))).toThrow(new RegExp(says));
  });
});

test("every helper that runs the command line comes by here, but for those that ask for no document", () => {
  const folders = ["cli/test", "cli/src", "scripts"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const runners = files.filter(
    (file) => runsCommandLine(file) && !importsOf(file).includes("cli/test/check-documents.ts"),
  );
  expect(runners.toSorted()).toEqual(["cli/src/main.ts", "scripts/bench/command-line.ts", "scripts/bench/load.ts"]);
});

const textOf = (file: string): string => (file.endsWith(".ts") ? readFileSync(join(root, file), "utf8") : "");
const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) => join(dirname(file), path));
const runsCommandLine = (file: string): boolean =>
  importsOf(file).includes("cli/src/front.ts") || textOf(file).includes("bin/promote.js");
