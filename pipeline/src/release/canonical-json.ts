import { hash } from "node:crypto";
import type { Digest } from "../identifiers.ts";

/**
 * The one text of a JSON value, as RFC 8785 defines it: keys sorted by UTF-16 code units, no white space, numbers as
 * ECMAScript writes them. Members that are `undefined` are left out, as `JSON.stringify` does.
 * @throws TypeError for what JSON cannot say: not a finite number, a lone surrogate, a bigint, a function, an instance.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${value}`);
      return JSON.stringify(value);
    case "string":
      if (!value.isWellFormed()) throw new TypeError("canonical JSON has no lone surrogate");
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? `[${value.map(canonicalJson).join(",")}]` : canonicalObject(value);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function canonicalObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError("canonical JSON takes plain objects only");
  }
  let members = "";
  // The default order of strings is by UTF-16 code units, which is what the RFC asks for.
  for (const key of Object.keys(value).toSorted()) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member === undefined) continue;
    members += `${members === "" ? "" : ","}${canonicalJson(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** Of bytes, or of a text's UTF-8. */
export const sha256 = (bytes: Uint8Array | string): Digest => `sha256:${hash("sha256", bytes, "hex")}` as Digest;

/** Of a value's canonical text: equal values have equal digests, however they were written down. */
export const digestOf = (value: unknown): Digest => sha256(canonicalJson(value));

/** The bytes under which a value is stored, so that the digest of the object is the digest of the value. */
export const canonicalBytes = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));
