import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codePages } from "../../cli/src/help/pages.ts";
import { valueMeanings } from "../../cli/src/help/reference-verbs.ts";
import { globalFlags, promotion, verbs } from "../../cli/src/verbs.ts";
import { generatedFolders, referenceFiles, repository } from "./files.ts";

const files = referenceFiles();

describe("the generated reference (npm run reference writes it)", () => {
  test.each(Object.keys(files))("%s is what the sources say", (path) => {
    expect(readFileSync(new URL(path, repository), "utf8")).toBe(files[path]);
  });

  test.each(generatedFolders)("nothing else lies in %s", (folder) => {
    const written = readdirSync(new URL(folder, repository)).map((name) => `${folder}${name}`);
    expect(written.toSorted()).toEqual(
      Object.keys(files)
        .filter((path) => path.startsWith(folder))
        .toSorted(),
    );
  });

  test("has a page for every code", () => {
    expect(Object.keys(codePages).filter((code) => files[`docs/reference/codes/${code}.md`] === undefined)).toEqual([]);
  });

  test("says how the value of each flag is written, and of no other", () => {
    const values = [promotion, ...verbs].flatMap(({ flags }) => flags.flatMap(({ value }) => value ?? []));
    const everywhere = globalFlags.flatMap(({ value }) => value ?? []);
    expect(Object.keys(valueMeanings).toSorted()).toEqual([...new Set([...values, ...everywhere])].toSorted());
  });
});
