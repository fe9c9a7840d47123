import * as z from "zod";
import { quoteInput } from "../identifiers.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Path } from "./yaml-document.ts";

const names: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};

/** Says in the house's words what Zod found. Messages that a field has of its own win over these. */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return describeType(issue.input, issue.expected);
    case "invalid_value":
      return describeChoice(issue.input, issue.values.map(String));
    case "too_small":
      return describeLimit(issue.origin, "at least", Number(issue.minimum), issue.input);
    case "too_big":
      return describeLimit(issue.origin, "at most", Number(issue.maximum), issue.input);
    default:
      return issue.message ?? "is not what belongs here";
  }
}

function describeType(input: unknown, expected: string): string {
  if (input === undefined) return "is required";
  const wanted = names[expected] ?? expected;
  if (input === null) return `is empty; give it ${wanted}, or leave the key out`;
  const scalar = typeof input === "number" || typeof input === "boolean";
  if (expected === "string" && scalar) return `${String(input)} is not text here; put it in quotes`;
  if (expected === "array" && typeof input === "string") return describeMissingBrackets(input);
  if (expected === "int" && typeof input === "number") return `${input} is not a whole number`;
  return `is ${nameOf(input)}, not ${wanted}`;
}

function describeMissingBrackets(input: string): string {
  return /^[A-Za-z0-9 ./_-]{1,60}$/.test(input) ? `is text, not a list; write [${input}]` : "is text, not a list";
}

function nameOf(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  return names[typeof input] ?? "something else";
}

function describeChoice(input: unknown, values: readonly string[]): string {
  if (input === undefined) return values.length === 1 ? `is required; write ${values[0]}` : "is required";
  const meant = typeof input === "string" ? nearestWord(input, values) : null;
  const hint = meant ? `did you mean ${meant}?` : `write ${values.join(" or ")}`;
  return `${quoteInput(input)} is not known here; ${hint}`;
}

function describeLimit(origin: string, bound: string, limit: number, input: unknown): string {
  if (origin === "string") {
    return limit === 1 && bound === "at least" ? "is empty" : `is ${bound} ${limit} characters long`;
  }
  if (origin === "array")
    return limit === 1 && bound === "at least" ? "is an empty list" : `has ${bound} ${limit} items`;
  return `is ${bound} ${limit}, not ${String(input)}`;
}

/** An unknown key with the nearest one, or with all that there are. */
export function describeUnknownKey(schema: z.core.$ZodType, parent: Path, key: string): string {
  const object = objectAt(schema, parent);
  const keys = object ? Object.keys(object.shape) : [];
  const title = object?.meta()?.title ?? "this group";
  const meant = nearestWord(key, keys);
  return `is not a key of ${title}; ${meant ? `did you mean ${meant}?` : `it has ${keys.join(", ")}`}`;
}

function objectAt(schema: z.core.$ZodType, path: Path): z.ZodObject | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) return objectAt(schema.def.innerType, path);
  const [step, ...rest] = path;
  if (step === undefined) return schema instanceof z.ZodObject ? schema : null;
  if (schema instanceof z.ZodObject) {
    const next: z.core.$ZodType | undefined = schema.shape[step];
    return next ? objectAt(next, rest) : null;
  }
  if (schema instanceof z.ZodRecord) return objectAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return objectAt(schema.element, rest);
  return null;
}
