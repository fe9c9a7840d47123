import * as z from "zod";
import { documentSchemas } from "./all.ts";
import { eventSchema } from "./events.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema of each document, by its kind. */
export const publishedDocuments = (): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(
    Object.entries(documentSchemas).map(([kind, schema]) => [kind, jsonSchemaOf(schema, `document:${kind}`, kind)]),
  );

/** JSON Schema of a line of `--events`. */
export const publishedEvents = (): JsonSchema => jsonSchemaOf(eventSchema, "event", "event");

/** Each file below cli/schema, with its text. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const documents = Object.entries(publishedDocuments()).map(([kind, schema]) => [fileOf(kind), textOf(schema)]);
  return { ...Object.fromEntries(documents), "events.json": textOf(publishedEvents()) };
}

export const fileOf = (kind: string): string => `documents/${kind}.json`;

function jsonSchemaOf(schema: z.ZodType, name: string, title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { override: ({ jsonSchema }) => open(jsonSchema) });
  return { $schema, $id: `urn:slipway:${name}:1`, $comment: comment, title, ...rest } as JsonSchema;
}

const comment = "Generated from cli/src/documents/schemas; npm run reference.";

/** Readers pass over fields that they do not know, and so must what they check with: tests of ours are stricter. */
function open(schema: JsonSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}

const textOf = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`;
