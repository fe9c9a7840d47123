import { buildRefusals, failures, refusals, usageCodes } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { promotion, verbs } from "../verbs.ts";
import { codePages, verbPages } from "./pages.ts";
import { codeLines, exitOfCode, overviewLines, traitsOf, verbLines, verbNamed } from "./show-page.ts";

const codes = [
  ...new Set([...Object.keys(refusals), ...buildRefusals, ...Object.keys(failures), ...usageCodes, "bug"]),
];
const names = ["promote", ...verbs.map(({ name }) => name)];
const flagsOf = (name: string) => new Set([...(verbNamed(name)?.flags ?? [])].map((flag) => `--${flag.name}`));
const everywhere = new Set(["--help", "--version", "--json", "--events", "--plain", "--local", "--store", "--config"]);

/** Verb and flags of a command of ours that is to be pasted. */
function flagProblems(command: string): readonly string[] {
  const [before = ""] = command.replace(/"\$\((.*)\)"/, "$1").split(" -- ");
  const words = before.split(" ");
  const at = words.indexOf("promote");
  if (at === -1) return [];
  const verb = words[at + 1]?.startsWith("-") ? "promote" : (words[at + 1] ?? "");
  if (!verbNamed(verb)) return [`${verb} is no verb`];
  const flags = words.filter((word) => word.startsWith("--"));
  return flags.filter((flag) => !flagsOf(verb).has(flag) && !everywhere.has(flag));
}

describe("help", () => {
  test("has a page for every verb, and for nothing else", () => {
    expect(Object.keys(verbPages).toSorted()).toEqual(names.toSorted());
  });

  test("has a page for every code that anything ends with, and for nothing else", () => {
    expect(Object.keys(codePages).toSorted()).toEqual(codes.toSorted());
  });

  test.each(codes)("says of %s why, what to look at and what to do", (code) => {
    const page = codePages[code];
    for (const text of [page?.why, page?.look, page?.help]) expect(text?.length).toBeGreaterThan(10);
  });

  test("names only commands that there are, with flags that they have", () => {
    const commands = [
      ...Object.values(codePages).flatMap(({ command }) => command ?? []),
      ...Object.values(verbPages).flatMap(({ examples }) => examples.map(([command]) => command)),
    ];
    expect(commands.length).toBeGreaterThan(60);
    expect(commands.map((command) => [command, flagProblems(command)]).filter(([, found]) => found?.length)).toEqual(
      [],
    );
    expect(flagProblems("promote status --to x")).toEqual(["--to"]);
  });

  test.each([80, 100])("fits %d columns; only a command is never cut", (columns) => {
    const pages = [
      overviewLines(columns),
      ...Object.entries(verbPages).map(([name, page]) => verbLines(verbNamed(name) ?? promotion, page, columns)),
      ...Object.entries(codePages).map(([code, page]) => codeLines(code, page, columns)),
    ];
    const wide = pages.flatMap((lines) => lines.join("\n").split("\n")).filter((line) => line.length > columns);
    expect(wide.filter((line) => !/^\s*(Next\s+)?promote /.test(line))).toEqual([]);
  });

  test("tells how a code ends and what may pass over it", () => {
    expect(traitsOf("freeze")).toBe("exit 3, can be overridden where policy allows it");
    expect(traitsOf("schema-incompatible")).toBe("exit 3, asked of a rollback too");
    expect(["lease-held", "superseded", "revert-failed", "config-exists", "tree-dirty", "bug"].map(exitOfCode)).toEqual(
      [5, 5, 6, 2, 3, 1],
    );
  });

  test("of a verb shows its usage, each flag, examples and exit codes", () => {
    const rollback = verbNamed("rollback") ?? promotion;
    const page = verbPages.rollback;
    const text = page ? verbLines(rollback, page, 100).join("\n") : "";
    for (const part of ["promote rollback --env <env>", "--only <part>", "Examples", "Exit codes", "  130  "])
      expect(text).toContain(part);
  });
});
