import { readFileSync } from "node:fs";
import { schemaFiles } from "../../cli/src/documents/schemas/published.ts";
import { documentsReference } from "../../cli/src/documents/schemas/reference.ts";
import { codePages } from "../../cli/src/help/pages.ts";
import { codeReference, codesReference } from "../../cli/src/help/reference.ts";
import { verbsReference } from "../../cli/src/help/reference-verbs.ts";
import { configJsonSchema } from "../../pipeline/src/config/json-schema.ts";
import { configReference } from "./config.ts";
import { howToOf } from "./how-to.ts";

export const repository = new URL("../../", import.meta.url);
/** Folders in which nothing else lies. */
export const generatedFolders = ["cli/schema/documents/", "docs/reference/codes/"] as const;

/** Everything that is generated from the sources, by its path in the repository. */
export function referenceFiles(): Readonly<Record<string, string>> {
  const annotated = readFileSync(new URL("docs/reference/slipway.yaml", repository), "utf8");
  const schemas = Object.entries(schemaFiles()).map(([file, text]) => [`cli/schema/${file}`, text] as const);
  const codes = Object.entries(codePages).map(
    ([code, page]) => [`docs/reference/codes/${code}.md`, codeReference(code, page, howToOf(code))] as const,
  );
  return {
    "cli/schema/slipway.json": configJsonSchema(),
    ...Object.fromEntries(schemas),
    "docs/reference/verbs.md": verbsReference(),
    "docs/reference/config.md": configReference(annotated),
    "docs/reference/codes.md": codesReference(),
    ...Object.fromEntries(codes),
    "docs/reference/documents.md": documentsReference(),
  };
}
