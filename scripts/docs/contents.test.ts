import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readContents } from "./contents.ts";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const groups = readContents(readFileSync(`${docs}README.md`, "utf8"));

test("reads groups and the links that each holds, from the root of the repository", () => {
  const text = "- [README](../README.md): what\n- Start\n  - [One](guides/one.md), more\n\nWords.\n";
  expect(readContents(text)).toEqual([
    { text: "", entries: [{ text: "README", path: "README.md" }] },
    { text: "Start", entries: [{ text: "One", path: "docs/guides/one.md" }] },
  ]);
});

test("the contents name every page but those of the codes", () => {
  const listed = groups.flatMap(({ entries }) => entries.map(({ path }) => path));
  const pages = globSync("{guides,how-to,reference,adr}/*.md", { cwd: docs }).map((path) => `docs/${path}`);
  expect(pages.filter((path) => !listed.includes(path))).toEqual([]);
});
