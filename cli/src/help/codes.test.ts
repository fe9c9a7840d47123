import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildRefusals, failures, refusals, usageCodes } from "@slipway/pipeline";
import { describe, expect, test } from "vitest";
import { codesToCome } from "./to-come.ts";

const codes = [...new Set([...Object.keys(refusals), ...buildRefusals, ...Object.keys(failures), ...usageCodes])];

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Lists of all codes say nothing about who answers with one. */
const lists = [/pipeline\/src\/codes\.ts$/, /cli\/src\/help\//, /cli\/src\/documents\/schemas\//];
/** Settings that are called like a code. */
const settings = /pipeline\/src\/config\/|pipeline\/src\/identifiers\.ts$/;
const files = globSync(["{pipeline,cli}/{src,test}/**/*.{ts,json}", "cli/bin/*.js"], { cwd: root });
const isTest = (file: string): boolean => /\.test\.ts$|\/test\//.test(file);
const textOf = (wanted: (file: string) => boolean): string =>
  files
    .filter(wanted)
    .map((file) => readFileSync(`${root}/${file}`, "utf8"))
    .join("\n");
const sources = textOf((file) => !isTest(file) && ![...lists, settings].some((list) => list.test(file)));
const tests = textOf((file) => isTest(file) && !file.endsWith("cli/src/help/codes.test.ts"));
const names = (text: string, code: string): boolean => new RegExp(`["'\`]${code}["'\`]`).test(text);

describe("the closed list of codes", () => {
  test.each(codes.filter((code) => !codesToCome.has(code)))("something answers %s, and a test asks for it", (code) => {
    expect({ answered: names(sources, code), tested: names(tests, code) }).toEqual({ answered: true, tested: true });
  });

  test.each([...codesToCome])("nothing answers %s yet", (code) => {
    expect(names(sources, code)).toBe(false);
  });
});
