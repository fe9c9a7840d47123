/** The path of a request as it was sent, or why it is refused. */
export type PathAnswer =
  | { readonly status: "fine"; readonly path: string }
  | { readonly status: "refused"; readonly because: string };

const longestTarget = 8_192;
const refused = (because: string): PathAnswer => ({ status: "refused", because });

/**
 * Only the origin form is taken. A path that would mean another one after decoding (dot segments, also encoded ones) is
 * refused rather than cleaned: routes are chosen by the text as it was sent.
 */
export function readTarget(target: string): PathAnswer {
  if (!target.startsWith("/")) return refused("the request target is not a path");
  if (target.length > longestTarget) return refused(`the request target is longer than ${longestTarget} bytes`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses
  if (/[\u0000-\u0020\u007f-\uffff\\#]/.test(target)) return refused("the path holds a character that must be encoded");
  const path = target.split("?", 1)[0] ?? "/";
  if (/%(?:00|5c)/i.test(path)) return refused("the path holds an encoded NUL or backslash");
  const hasDots = path.split(/\/|%2f/i).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  return hasDots ? refused("the path holds a dot segment") : { status: "fine", path };
}

/** The name of a file that a path asks the web for, decoded; a folder's is its index. */
export function webPathOf(path: string): PathAnswer {
  if (/%2f/i.test(path)) return refused("the path holds an encoded slash");
  if (path.includes("//")) return refused("the path holds an empty segment");
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return refused("the path is not well encoded");
  }
  // A second layer of encoding must not become a path of its own further on.
  if (decoded.split("/").some((segment) => segment === "." || segment === "..")) return refused("a dot segment");
  return { status: "fine", path: (decoded.endsWith("/") ? `${decoded}index.html` : decoded).slice(1) };
}

/** Loopback names alone: a page of another site whose name was pointed here (DNS rebinding) is refused. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  return /^(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9_-]+\.)*localhost)(?::\d{1,5})?$/i.test(host);
}
