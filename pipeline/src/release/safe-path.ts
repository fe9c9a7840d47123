// C0, DEL, C1, and what reorders or hides text on a terminal.
const control = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** Why a path may not be in an artifact, in words; null when it may. Twins are asked of all paths together. */
export function whyUnsafe(path: string): string | null {
  if (path === "") return "is empty";
  if (control.test(path)) return "has a control character";
  if (!path.isWellFormed() || path.includes("\ufffd")) return "is not UTF-8";
  if (path.includes("\\")) return "has a backslash";
  if (path.startsWith("/")) return "is absolute";
  if (new TextEncoder().encode(path).length > 1024) return "is longer than 1024 bytes";
  const segments = path.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "has an empty segment, `.` or `..`";
  }
  return segments.some((segment) => new TextEncoder().encode(segment).length > 255)
    ? "has a name over 255 bytes"
    : null;
}

/** As a file system that ignores case and normalises Unicode would see it. */
const foldPath = (path: string): string => path.normalize("NFC").toLowerCase();

/** Pairs of paths that are one path on some file systems: files, folders, or one of each. */
export function pathTwins(paths: readonly string[]): readonly (readonly [string, string])[] {
  const seen = new Map<string, { readonly part: string; readonly isFile: boolean }>();
  const twins: (readonly [string, string])[] = [];
  for (const path of paths) {
    for (const part of partsOf(path)) {
      const isFile = part === path;
      const folded = foldPath(part);
      const first = seen.get(folded);
      if (first === undefined) {
        seen.set(folded, { part, isFile });
      } else if (first.part !== part || first.isFile || isFile) {
        twins.push([first.part, part]);
        break;
      }
    }
  }
  return twins;
}

/** `a/b/c` is `a`, `a/b` and itself. */
function partsOf(path: string): readonly string[] {
  const parts: string[] = [];
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) parts.push(path.slice(0, end));
  return [...parts, path];
}

/** Where a relative link leads, as a path of the same tree; null when it leads out of it or is absolute. */
export function resolveLink(linkPath: string, target: string): string | null {
  if (target === "" || target.startsWith("/") || target.includes("\\") || control.test(target)) return null;
  const parts = linkPath.split("/").slice(0, -1);
  for (const segment of target.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") parts.push(segment);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}
