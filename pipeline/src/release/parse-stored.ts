import type { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";

/** A document that was read back: as it should be, or why it is not. */
export type ParsedDocument<T> =
  | { readonly status: "parsed"; readonly value: T }
  | { readonly status: "corrupt"; readonly because: string };

/** Nesting and size that no document of ours reaches; asked before anything recursive sees the text. */
const deepest = 64;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses canonical JSON that comes from the store: exact bytes, known keys, nothing twice, nothing else. Never throws,
 * whatever the bytes are.
 */
export function parseStored<T>(schema: z.ZodType<T>, bytes: Uint8Array, largest: number): ParsedDocument<T> {
  const read = readJson(bytes, largest);
  if (read.status === "corrupt") return read;
  const parsed = schema.safeParse(read.value.json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return corrupt(`${issue?.path.join(".") || "document"}: ${issue?.message ?? "does not fit"}`);
  }
  return isCanonical(read.value) ? { status: "parsed", value: parsed.data } : corrupt("is not canonical JSON");
}

/** Whether `parseStored` would parse it. Where most are something else: words for why not take longer than all the rest. */
export function isStored(schema: z.ZodType, bytes: Uint8Array, largest: number): boolean {
  const read = readJson(bytes, largest);
  return read.status === "parsed" && schema.safeParse(read.value.json).success && isCanonical(read.value);
}

interface ReadJson {
  readonly json: unknown;
  readonly text: string;
}

const corrupt = (because: string): { readonly status: "corrupt"; readonly because: string } => ({
  status: "corrupt",
  because,
});

function readJson(bytes: Uint8Array, largest: number): ParsedDocument<ReadJson> {
  if (bytes.length > largest) return corrupt(`is ${bytes.length} bytes, more than ${largest}`);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return corrupt("is not UTF-8");
  }
  if (isDeeperThan(deepest, text)) return corrupt(`is nested deeper than ${deepest}`);
  try {
    return { status: "parsed", value: { json: JSON.parse(text), text } };
  } catch {
    return corrupt("is not JSON");
  }
}

/** Also catches a key that is there twice, which JSON.parse passes over. */
const isCanonical = ({ json, text }: ReadJson): boolean => canonicalText(json) === text;

function canonicalText(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}

/** One pass over the text; brackets in strings do not count. */
function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (quoted) {
      if (character === 0x5c) at += 1;
      else if (character === 0x22) quoted = false;
    } else if (character === 0x22) quoted = true;
    else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return false;
}
