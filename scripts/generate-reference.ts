import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { schemaFiles } from "../cli/src/documents/schemas/published.ts";
import { documentsReference } from "../cli/src/documents/schemas/reference.ts";
import { codesReference } from "../cli/src/help/reference.ts";
import { configJsonSchema } from "../pipeline/src/config/json-schema.ts";

const schemas = new URL("../cli/schema/", import.meta.url);
const documents = new URL("documents/", schemas);
const reference = new URL("../docs/reference/", import.meta.url);

mkdirSync(documents, { recursive: true });
for (const left of readdirSync(documents)) rmSync(new URL(left, documents));
writeFileSync(new URL("slipway.json", schemas), configJsonSchema());
for (const [file, text] of Object.entries(schemaFiles())) writeFileSync(new URL(file, schemas), text);
writeFileSync(new URL("codes.md", reference), codesReference());
writeFileSync(new URL("documents.md", reference), documentsReference());
