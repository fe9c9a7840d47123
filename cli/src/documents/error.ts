import type { ErrorDocument } from "./schemas/error.ts";

/** An error that nobody threw. */
export const errorDocumentOf = (
  code: ErrorDocument["code"],
  exit: ErrorDocument["exit"],
  message: string,
  next: readonly string[] = [],
): ErrorDocument => ({ kind: "error", version: 1, code, exit, message, where: null, next });
