import { quoteInput } from "../identifiers.ts";
import { type SmokeCheck, smokeSchema } from "../release/manifest.ts";

/** Parses `METHOD PATH STATUS [TEXT]`; null with the reason when it is something else. */
export function parseSmoke(text: string): { readonly check: SmokeCheck } | { readonly message: string } {
  const match = /^(\S+) +(\S+) +(\S+)(?: +(\S.*))?$/.exec(text.trim());
  const parsed = smokeSchema.safeParse({
    method: match?.[1],
    path: match?.[2],
    status: match?.[3] && /^[0-9]{3}$/.test(match[3]) ? Number(match[3]) : undefined,
    text: match?.[4] ?? null,
  });
  if (parsed.success) return { check: parsed.data };
  return { message: `${quoteInput(text)} is not METHOD PATH STATUS [TEXT], such as GET /version 200 {sha}` };
}
