import { describe, expect, test } from "vitest";
import { verbs } from "../verbs.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { completedVerbs } from "./words.ts";
import { zshScript } from "./zsh.ts";

const known = completedVerbs();
const scripts = { bash: bashScript(known), zsh: zshScript(known), fish: fishScript(known) };
const loaded = verbs.filter(({ load }) => load !== null);

describe.each(Object.entries(scripts))("completion for %s", (_, script) => {
  test.each(loaded.map(({ name }) => name))("knows promote %s and its flags", (name) => {
    const verb = loaded.find((one) => one.name === name);
    expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    for (const flag of verb?.flags ?? []) expect(script).toContain(flag.name);
  });

  test("starts no Node while somebody types", () => {
    expect(script).not.toMatch(/\b(node|npx) /);
    expect(script).not.toMatch(/\$\(promote|`promote/);
  });
});

test("what is not in this version is not suggested", () => {
  expect(known.map(({ name }) => name).toSorted()).toEqual(["", ...loaded.map(({ name }) => name)].toSorted());
});

test("an override completes what may be overridden, and nothing else", () => {
  const flags = known.find(({ name }) => name === "")?.flags ?? [];
  const values = flags.find(({ name }) => name === "override")?.values;
  expect(values).toMatchObject({ kind: "words" });
  const codes = values?.kind === "words" ? values.words : [];
  expect(codes).toContain("freeze");
  expect(codes).not.toContain("schema-incompatible");
});

test("a word with a quote in its help keeps fish and zsh quoted", () => {
  const flag = { name: "x", help: "it's [a]: test", values: null };
  const odd = [{ name: "odd", help: "it's odd", flags: [flag], words: null }];
  expect(zshScript(odd)).toContain("'odd:it'\\''s odd'");
  expect(zshScript(odd)).toContain("'--x[it'\\''s \\[a\\]\\: test]'");
  expect(fishScript(odd)).toContain("-d 'it\\'s odd'");
});
