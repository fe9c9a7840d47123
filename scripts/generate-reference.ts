import { mkdirSync, writeFileSync } from "node:fs";
import { codesReference } from "../cli/src/help/reference.ts";
import { configJsonSchema } from "../pipeline/src/config/json-schema.ts";

const folder = new URL("../cli/schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("slipway.json", folder), configJsonSchema());
writeFileSync(new URL("../docs/reference/codes.md", import.meta.url), codesReference());
