/** `ENOENT` and the like; null for what is no error of the system. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;

/** The system refuses these before anything has changed. */
const harmless: ReadonlySet<string> = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "EMFILE",
  "ENFILE",
  "ENOTDIR",
  "EISDIR",
  "ENAMETOOLONG",
  "EMLINK",
  "ENOENT",
  "ELOOP",
  "EEXIST",
  "EXDEV",
  "ENOTSUP",
]);

/** Whether a call that failed so may have changed something all the same. */
export function effectOfError(error: unknown): "none" | "possible" {
  const code = codeOf(error);
  return code !== null && harmless.has(code) ? "none" : "possible";
}
