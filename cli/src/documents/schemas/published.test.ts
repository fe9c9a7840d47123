import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { schemaFiles } from "./published.ts";
import { documentsReference } from "./reference.ts";

const folder = new URL("../../../schema/", import.meta.url);

test("cli/schema holds exactly what the schemas say (npm run reference writes it)", () => {
  const written = ["events.json", ...readdirSync(new URL("documents/", folder)).map((name) => `documents/${name}`)];
  const texts = written.map((file) => [file, readFileSync(new URL(file, folder), "utf8")]);
  expect(Object.fromEntries(texts)).toEqual(schemaFiles());
});

test("docs/reference/documents.md is what the schemas say (npm run reference writes it)", () => {
  const written = readFileSync(new URL("../../../../docs/reference/documents.md", import.meta.url), "utf8");
  expect(written).toBe(documentsReference());
});

test("what a verb loads takes nothing but types from here", () => {
  const sources = new URL("../../", import.meta.url);
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
    (file) => /(?<!\.test)\.ts$/.test(file) && !file.startsWith("documents/schemas/"),
  );
  const imports = files.flatMap((file) => {
    const text = readFileSync(new URL(file, sources), "utf8");
    return [...text.matchAll(/^(?:import|export) (type )?[^;]*?from "[^"]*schemas\/[^"]*";$/gm)].map(
      ([statement, type]) => ({ file, statement, isType: type !== undefined }),
    );
  });
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.filter(({ isType }) => !isType)).toEqual([]);
});
