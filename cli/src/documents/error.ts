import type { ErrorDocument } from "../failure.ts";

/** An error that nobody threw. */
export const errorDocumentOf = (
  code: string,
  exit: number,
  message: string,
  next: readonly string[] = [],
): ErrorDocument => ({ kind: "error", version: 1, code, exit, message, where: null, next });
