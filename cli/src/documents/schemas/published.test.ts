import { readdirSync, readFileSync } from "node:fs";
import { environmentNamePattern } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { publishedDocuments, publishedEvents, schemaFiles } from "./published.ts";
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

/** Each field that is told by name, wherever it stands. */
function fieldsOf(schema: unknown): readonly (readonly [name: string, field: object])[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, object>> };
  return [...Object.entries(properties), ...Object.values(schema).flatMap(fieldsOf)];
}

test("what names an environment is called env in every document and event", () => {
  const names = fieldsOf([publishedDocuments(), publishedEvents()])
    .filter(([, field]) => "pattern" in field && field.pattern === environmentNamePattern.source)
    .map(([name]) => name);
  expect(names.length).toBeGreaterThan(15);
  expect(new Set(names)).toEqual(new Set(["env"]));
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
