import { RefusalError } from "../errors.ts";
import { quoteInput } from "../identifiers.ts";
import type { WebFile, WebFileList } from "./file-list.ts";
import { findInPage, findInScript, findInStyle, type Reference } from "./find-references.ts";

/** A name that no host has (RFC 2606): what resolves to another one is somebody else's file. */
const origin = "https://release.invalid";
/** Larger files are not read for references: they are data, or a bundle that the tests have run. */
const largestRead = 8 * 1024 * 1024;

export interface ReferenceOrder {
  readonly list: WebFileList;
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Path patterns that services answer (`/api/*`): not the web's to resolve. */
  readonly routes: readonly string[];
}

/**
 * Every local file that pages, style sheets and module scripts of a release load must be in the release: a page that is
 * served at all is served whole (I7).
 * @throws RefusalError `web-broken` with each broken reference.
 */
export async function checkReferences({ list, read, routes }: ReferenceOrder): Promise<void> {
  const paths = new Set(list.files.map((file) => file.path));
  const problems: string[] = [];
  if (list.fallback !== null && !list.files.some(({ path, role }) => path === list.fallback && role === "entry")) {
    problems.push(`web.fallback ${quoteInput(list.fallback)} is no entry of the release`);
  }
  for (const file of list.files) {
    if (file.bytes > largestRead) continue;
    const look = await referencesOf(file, read);
    for (const { url, line } of look.references) {
      const wanted = resolveReference(url, file.path, look.base);
      if (wanted === null || isThere(wanted, paths) || routes.some((route) => answers(route, wanted))) continue;
      problems.push(`${file.path}:${line}: ${quoteInput(url)} is not in the release`);
    }
  }
  if (problems.length === 0) return;
  throw new RefusalError({
    code: "web-broken",
    message: `${problems.length === 1 ? "a reference" : `${problems.length} references`} of the web lead${problems.length === 1 ? "s" : ""} to a file that is not there. Nothing was published.`,
    evidence: problems.slice(0, 20),
  });
}

async function referencesOf(
  file: WebFile,
  read: (path: string) => Promise<Uint8Array>,
): Promise<{ readonly references: readonly Reference[]; readonly base: string | null }> {
  const extension = /\.([a-z]+)$/i.exec(file.path)?.[1]?.toLowerCase() ?? "";
  const text = async (): Promise<string> => new TextDecoder().decode(await read(file.path));
  switch (extension) {
    case "html":
    case "htm":
      return findInPage(await text());
    case "css":
      return { references: findInStyle(await text()), base: null };
    case "js":
    case "mjs":
      return { references: await findInScript(await text()), base: null };
    default:
      return { references: [], base: null };
  }
}

/** The release's path that a reference means, decoded; null when it is not a file of this site. */
function resolveReference(url: string, from: string, base: string | null): string | null {
  const page = new URL(encodeURI(`/${from}`), origin).href;
  // A reference to a place in the same document loads nothing.
  if (url.startsWith("#")) return null;
  const address = URL.parse(url, base === null ? page : (URL.parse(base, page)?.href ?? page));
  if (address === null || address.origin !== origin) return null;
  try {
    return decodeURIComponent(address.pathname);
  } catch {
    return address.pathname;
  }
}

function isThere(wanted: string, paths: ReadonlySet<string>): boolean {
  const path = wanted.slice(1);
  return path === "" || path.endsWith("/") ? paths.has(`${path}index.html`) : paths.has(path);
}

/** A pattern is a literal path, or a prefix that ends in `/*`. */
function answers(route: string, path: string): boolean {
  return route.endsWith("/*") ? path.startsWith(route.slice(0, -1)) || path === route.slice(0, -2) : path === route;
}
