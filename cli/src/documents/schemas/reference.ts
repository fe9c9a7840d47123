import { prose } from "../../help/reference-prose.ts";
import { fileOf, type JsonSchema, publishedDocuments, publishedEvents } from "./published.ts";

/** docs/reference/documents.md: every document and event, field by field, from the schemas that outputs are held against. */
export function documentsReference(): string {
  const documents = Object.entries(publishedDocuments());
  const events = publishedEvents();
  const parts = new Map(
    [...documents.map(([, schema]) => schema), events].flatMap(({ $defs = {} }) => Object.entries($defs)),
  );
  const list = documents.map(([kind, schema]) => `| [\`${kind}\`](#${kind}) | ${prose(schema.description ?? "")} |`);
  return [
    introduction,
    `| kind | what it is |\n|---|---|\n${list.join("\n")}\n`,
    ...documents.map(([kind, schema]) => section(`### ${kind}`, schema, fileOf(kind))),
    "## Events\n",
    section("### A line of `--events`", events, "events.json"),
    "## Parts of several documents\n",
    ...[...parts].toSorted(byName).map(([name, schema]) => section(`### ${name}`, schema as JsonSchema)),
  ].join("\n");
}

const introduction = `# The JSON documents

With \`--json\` every call prints one document on stdout, at its end, on errors too. With \`--events\` it is the last of the lines. Each has \`kind\`, \`version\`
and, but for \`board-address\`, \`exit\`, the exit code. Times are UTC with milliseconds, as in \`2026-11-20T10:58:03.000Z\`; SHAs and digests are whole.
\`env\` is the name of an environment, wherever one is told. A reader should pass over fields that it does not know: new ones may come within a version, and
none changes its meaning.

Each has a JSON Schema in the package (\`@slipway/cli/schema/\`), which passes over unknown fields in the same way. Every output of the test suite is held
against it, there without unknown fields. What the page of \`promote board\` asks its server for is no document of this list: it is
[private to the page](../adr/0006-the-board-answers-its-own-page.md). This page is written from the same schemas by \`npm run reference\`.
`;

function section(title: string, schema: JsonSchema, file: string | null = null): string {
  const link = file === null ? "" : `Schema: [${file}](../../cli/schema/${file})`;
  return [title, prose(schema.description ?? ""), link, ...tables(schema)].filter((text) => text !== "").join("\n\n");
}

/** One, or one for each of its forms. */
function tables(schema: JsonSchema): readonly string[] {
  const forms = formsOf(schema);
  return forms.length === 0 ? [table(schema)] : forms.map((form) => `With ${nameOf(form, forms)}:\n\n${table(form)}`);
}

function table(schema: JsonSchema): string {
  const rows = new Map<string, Row>();
  // Forms of a field have fields in common.
  for (const [field, type, means] of rowsOf(schema, "")) {
    const [, types = type, meanings = means] = rows.get(field) ?? [];
    rows.set(field, [field, joined(types, " or ", type), joined(meanings, " ", means)]);
  }
  const lines = [...rows.values()].map(([field, type, means]) => `| \`${field}\` | ${type} | ${means} |`);
  return `| field | | means |\n|---|---|---|\n${lines.join("\n")}\n`;
}

const joined = (one: string, between: string, other: string): string =>
  one.includes(other) ? one : `${one}${one === "" ? "" : between}${other}`;

type Row = readonly [field: string, type: string, means: string];

function rowsOf({ properties = {}, required = [] }: JsonSchema, above: string, always = required): readonly Row[] {
  return Object.entries(properties)
    .filter(([name]) => above !== "" || !["kind", "version"].includes(name) || isStep(properties))
    .flatMap(([name, value]) => {
      const schema = value as JsonSchema;
      const absent = always.includes(name) ? "" : ", or absent";
      const field = `${above}${name}`;
      const row: Row = [field, `${typeOf(schema)}${absent}`, prose(schema.description ?? "")];
      return [row, ...rowsBelow(schema, field)];
    });
}

/** `kind` of a document is its heading; of a step it is a field like others. */
const isStep = ({ kind }: NonNullable<JsonSchema["properties"]>): boolean =>
  (kind as JsonSchema | undefined)?.const === undefined;

function rowsBelow(schema: JsonSchema, field: string): readonly Row[] {
  if (schema.type === "array") return rowsBelow(schema.items as JsonSchema, `${field}[]`);
  if (typeof schema.additionalProperties === "object") return rowsOf(schema.additionalProperties, `${field}.*.`);
  if (schema.properties) return rowsOf(schema, `${field}.`);
  const forms = formsOf(schema);
  const always = (forms[0]?.required ?? []).filter((name) => forms.every(({ required }) => required?.includes(name)));
  const lists = (schema.anyOf ?? []).filter(({ type }) => type === "array");
  return [
    ...lists.flatMap((list) => rowsBelow(list, field)),
    ...forms.flatMap((form) => rowsOf(form, `${field}.`, always)),
  ];
}

/** The objects of which it is one. */
const formsOf = ({ oneOf, anyOf }: JsonSchema): readonly JsonSchema[] =>
  [...(oneOf ?? []), ...(anyOf ?? [])].flatMap((one) => {
    const form = one as JsonSchema;
    return form.properties ? [form] : formsOf(form);
  });

/** The words that tell it from the others. */
function nameOf(form: JsonSchema, forms: readonly JsonSchema[]): string {
  const wordOf = ({ properties = {} }: JsonSchema, name: string) => wordsOf((properties[name] ?? {}) as JsonSchema);
  const name = Object.keys(form.properties ?? {}).find((one) => {
    const words = wordOf(form, one);
    return words !== null && forms.some((other) => wordOf(other, one) !== words);
  });
  if (name === undefined) return "";
  const alike = forms.filter((other) => wordOf(other, name) === wordOf(form, name));
  const rest = alike.length > 1 ? nameOf(form, alike) : "";
  return `\`${name}\` ${wordOf(form, name)}${rest === "" ? "" : ` and ${rest}`}`;
}

function typeOf(schema: JsonSchema): string {
  const words = wordsOf(schema);
  if (words !== null) return words;
  if (schema.$ref !== undefined) return linkTo(schema.$ref);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return [...new Set(several.map((one) => typeOf(one as JsonSchema)))].join(" or ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ type } as JsonSchema)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items as JsonSchema)}`;
  if (schema.type === "string" && schema.format === "date-time") return "time";
  return { string: "text", boolean: "true or false", null: "null", object: "object" }[String(schema.type)] ?? "number";
}

/** Its words, where it has a few; a code has a page of its own. */
function wordsOf(schema: JsonSchema): string | null {
  const words = schema.const === undefined ? schema.enum : [schema.const];
  if (words === undefined) return null;
  if (words.length > 3 && typeof words[0] === "number") return "number";
  return words.length > 12 ? "[code](codes.md)" : words.map((word) => `\`${word}\``).join(", ");
}

function linkTo(reference: string): string {
  const name = reference.replace(/^.*\//, "");
  return `[${name}](#${name.toLowerCase()})`;
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
