import { UserError } from "./errors.ts";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A full commit name: 40 lower-case hexadecimal digits. */
export type Sha = Branded<"Sha">;
/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = Branded<"Digest">;
/** `[a-z][a-z0-9-]{0,19}`; a rung of the ladder. */
export type EnvironmentName = Branded<"EnvironmentName">;
/** `[a-z][a-z0-9-]{0,30}`. */
export type ServiceName = Branded<"ServiceName">;
/** `[a-z][a-z0-9-]{0,30}`; prefixes names in the store and in AWS. */
export type AppName = Branded<"AppName">;
/** An RFC 3339 time in UTC with milliseconds, as `Date.prototype.toISOString` writes it; sorts as text. */
export type Instant = Branded<"Instant">;
/** Number of a run within an environment: 1, 2, 3 … never given twice (protocol §2). */
export type Epoch = number;

export const shaPattern = /^[0-9a-f]{40}$/;
export const digestPattern = /^sha256:[0-9a-f]{64}$/;
export const environmentNamePattern = /^[a-z][a-z0-9-]{0,19}$/;
/** `constructor` is a word that every JavaScript object answers to. */
export const serviceNamePattern = /^(?!constructor$)[a-z][a-z0-9-]{0,30}$/;
export const appNamePattern = /^[a-z][a-z0-9-]{0,30}$/;

export const isSha = (text: string): text is Sha => shaPattern.test(text);
export const isDigest = (text: string): text is Digest => digestPattern.test(text);

/** Parses a SHA that came from outside; the terminal's short form is resolved before this is called. */
export function parseSha(text: unknown): Sha {
  if (typeof text === "string" && isSha(text)) return text;
  throw new UserError({
    code: "sha-malformed",
    message: `--sha takes a commit SHA, 40 hexadecimal digits; got ${quoteInput(text)}`,
  });
}

/** Input from outside as it may be shown: quoted, control characters escaped, cut at 60 characters. */
export function quoteInput(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const cut = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Seven digits, as GitHub shows a commit. */
export const shortSha = (sha: string): string => sha.slice(0, 7);
/** Twelve digits of a digest, without the algorithm. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 12);
