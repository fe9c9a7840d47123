import type { ErrorDocument } from "../../src/documents/schemas/error.ts";
import type { Document } from "../../src/output.ts";

/** What came back for a question. */
export type Answer<T> =
  | { readonly status: "answered"; readonly document: T }
  | { readonly status: "problem"; readonly problem: Problem };

export type Problem =
  /** Nothing came: the board was stopped, or hangs. */
  | { readonly kind: "silent" }
  /** The board says what is wrong. */
  | { readonly kind: "error"; readonly error: ErrorDocument }
  /** Something answers that is not the board that this page belongs to. */
  | { readonly kind: "foreign"; readonly because: string };

const timeoutMilliseconds = 30_000;

/** Asks the board for one document. Never throws, except where `signal` ended it. */
export async function ask<T extends Document>(path: string, kind: T["kind"], signal: AbortSignal): Promise<Answer<T>> {
  const abort = new AbortController();
  const end = (): void => abort.abort();
  const timer = setTimeout(end, timeoutMilliseconds);
  signal.addEventListener("abort", end);
  try {
    const response = await fetch(path, { cache: "no-store", signal: abort.signal });
    return judge<T>(await response.text(), kind, response.status);
  } catch {
    signal.throwIfAborted();
    return { status: "problem", problem: { kind: "silent" } };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

/** Which of the three an answer's text is. */
export function judge<T extends Document>(text: string, kind: T["kind"], status: number): Answer<T> {
  const found = parse(text);
  if (found?.kind === "error") return { status: "problem", problem: { kind: "error", error: found as ErrorDocument } };
  if (found?.kind === kind && found.version === 1 && status < 400) return { status: "answered", document: found as T };
  const because = found === null ? `status ${status}, no document` : `a document of another kind or version`;
  return { status: "problem", problem: { kind: "foreign", because } };
}

function parse(text: string): Document | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "kind" in value ? (value as Document) : null;
  } catch {
    return null;
  }
}
