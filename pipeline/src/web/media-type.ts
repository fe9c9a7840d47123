import { mimes } from "mrmime";

const pageType = "text/html";
const unknownType = "application/octet-stream";

/** What a file of the web is served as, on every target. */
export function contentTypeOf(path: string): string {
  const type = typeOf(path) ?? unknownType;
  return /^(?:text\/|application\/(?:json|javascript|manifest\+json|xml)|image\/svg)/.test(type)
    ? `${type}; charset=utf-8`
    : type;
}

/** A script or an image that is missing must be a 404, never a page: its name ends in something that is no page's. */
export function mayBePage(path: string): boolean {
  const type = typeOf(path);
  return type === null || type === pageType;
}

/** Endings of names that are no page's, in lower case. */
export const endingsOfFiles: readonly string[] = Object.entries(mimes).flatMap(([ending, type]) =>
  type === pageType ? [] : [ending],
);

function typeOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!name.includes(".")) return null;
  const ending = name
    .slice(name.lastIndexOf(".") + 1)
    .trimEnd()
    .toLowerCase();
  return Object.hasOwn(mimes, ending) ? (mimes[ending] ?? null) : null;
}

/** How long a copy may be used unasked: an asset's name changes with its bytes. */
export const cacheControlOf = { entry: "no-cache", asset: "public,max-age=31536000,immutable" } as const;
