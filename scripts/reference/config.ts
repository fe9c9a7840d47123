import type { JsonSchema } from "../../cli/src/documents/schemas/published.ts";
import { codeBlock, prose, sentence, table } from "../../cli/src/help/reference-prose.ts";
import { configJsonSchema } from "../../pipeline/src/config/json-schema.ts";
import { configRules } from "./config-rules.ts";

/** docs/reference/config.md: every key of slipway.yaml from its schema, what keys say of each other, and the annotated file. */
export function configReference(annotated: string): string {
  const schema = JSON.parse(configJsonSchema()) as JsonSchema;
  return `${[
    introduction,
    section("## The file", schema),
    section("## environments", valuesOf(schema, "environments")),
    section("### freeze", itemsOf(valuesOf(schema, "environments"), "freeze")),
    section("## services", valuesOf(schema, "services")),
    section("## migrations", keyOf(schema, "migrations")),
    section("## web", keyOf(schema, "web")),
    section("## local", keyOf(schema, "local")),
    section("## notify", itemsOf(schema, "notify")),
    "## What is refused",
    "Every problem of the file is told at once, with line and column, and nothing is done (exit 2, [config-invalid](codes/config-invalid.md)). These rules are about more than one key, or about more than the form of one:",
    configRules(),
    `## Annotated\n\nThe file [slipway.yaml](slipway.yaml): every key, most with another value than the default. A test reads it and asks for each default.`,
    codeBlock([annotated.trimEnd()], "yaml"),
  ].join("\n\n")}\n`;
}

const introduction = `# slipway.yaml

Every key, from the schema that the program reads the file with. Written by \`npm run reference\`. \`promote init\` writes a short file with guesses to check;
the first line of that file lets an editor complete and explain keys. The [annotated file](#annotated) shows all of them in place.

The file is YAML 1.2 without tags, anchors, aliases and duplicate keys, at most 256 KiB. Nothing is interpolated. Commands are split at spaces and quotes and
never see a shell. Settings that differ between environments belong to the target, not here: a service reads them from variables.`;

function section(title: string, schema: JsonSchema): string {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([name, value]) => {
    const { fallback, means } = meaningOf(value as JsonSchema);
    const standing = fallback ?? (required.includes(name) ? "required" : "none");
    return [`\`${name}\``, linked(name, formOf(value as JsonSchema)), standing, means];
  });
  return `${title}\n\n${table(["key", "what it is", "default", "means"], rows)}`;
}

const keyOf = (schema: JsonSchema, name: string): JsonSchema => schema.properties?.[name] as JsonSchema;
const valuesOf = (schema: JsonSchema, name: string): JsonSchema =>
  keyOf(schema, name).additionalProperties as JsonSchema;
const itemsOf = (schema: JsonSchema, name: string): JsonSchema => keyOf(schema, name).items as JsonSchema;

/** A default that depends on other keys is said in words, at the end of the description. */
function meaningOf(schema: JsonSchema): { readonly fallback: string | null; readonly means: string } {
  const text = schema.description ?? "";
  const [words, said] = /(?:^|[;,] )default:? ([^;.]+|\.slipway)/i.exec(text) ?? [];
  if (words === undefined || said === undefined)
    return { fallback: schema.default === undefined ? null : spelled(schema.default), means: prose(text) };
  const rest = text.replace(words, "").replace(/^[;.] ?/, "");
  return {
    fallback: said.includes(" ") ? prose(said) : `\`${said}\``,
    means: prose(sentence(rest === "." ? "" : rest)),
  };
}

const spelled = (value: unknown): string =>
  `\`${typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ")}\``;

/** Keys below have a table of their own. */
const linked = (name: string, form: string): string =>
  sections.has(name) ? form.replace("keys", `[keys](#${name})`).replace("…", `[each](#${name})`) : form;

const sections: ReadonlySet<string> = new Set([
  "environments",
  "freeze",
  "services",
  "migrations",
  "web",
  "local",
  "notify",
]);

/** In words: its type, and the limits that it keeps. */
function formOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((word) => `\`${String(word)}\``).join(", ");
  if (schema.type === "array") return `list of ${formOf(schema.items as JsonSchema)}${limits(schema.maxItems)}`;
  if (schema.type === "object")
    return schema.propertyNames ? `${formOf(schema.propertyNames as JsonSchema)}: …` : "keys";
  if (schema.type === "boolean") return "`true` or `false`";
  if (schema.type === "integer") return `number, ${schema.minimum} to ${schema.maximum}`;
  return schema.pattern === undefined ? "text" : wordsOf(schema.pattern);
}

const limits = (most: number | undefined): string => (most === undefined ? "" : `, at most ${most}`);

function wordsOf(pattern: string): string {
  const words = patterns.find(([start]) => pattern.startsWith(start))?.[1];
  if (words === undefined) throw new TypeError(`config.md has no words for the pattern ${pattern}`);
  return words;
}

/** By the beginning of the regular expression. */
const patterns: readonly (readonly [start: string, words: string])[] = [
  ["^[0-9]{1,9}(?:ms|s|m|h|d)$", "duration, such as `30s`"],
  ["^[a-z][a-z0-9-]{0,30}$", "`a-z`, then up to 30 of `a-z 0-9 -`"],
  ["^(?!constructor$)[a-z][a-z0-9-]{0,30}$", "name: `a-z`, then up to 30 of `a-z 0-9 -`"],
  ["^[a-z][a-z0-9-]{0,19}$", "name: `a-z`, then up to 19 of `a-z 0-9 -`"],
  ["^[A-Za-z_][A-Za-z0-9_]{0,99}$", "name of a variable"],
  ["^[0-9]{12}$", "12 digits, in quotes"],
  ["^[a-z]{2}(?:-[a-z]+)", "AWS region"],
  ["^(?:arn:aws", "name or ARN of a role"],
  ["^(?:team:)?", "person, or `team:<name>`"],
  ["^(?![-/.])", "name of a branch"],
  ["^(?!$)(?!.*\\/\\.{1,2}", "path such as `/version`, or prefix such as `/api/*`"],
];
