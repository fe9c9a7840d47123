import fc from "fast-check";
import { releaseOf, type SampleFile, type SampleRelease } from "./web-world.ts";

/** Few names in few folders, so that releases meet: pages, files, unknown endings, characters that URLs may write in two ways. */
const folder = fc.constantFrom("", "assets/", "docs/", "docs/a/", "assets/old/");
const name = fc.constantFrom(
  "index.html",
  "about",
  "about.html",
  "app.js",
  "app-1.js",
  "a+b.css",
  "[slug].htm",
  "model.riv",
  "LICENSE",
  "x.constructor",
  "~me@home,(1)=2",
  "logo.png",
);
const path = fc.tuple(folder, name).map((parts) => parts.join(""));

export interface ArbitraryRelease {
  readonly files: readonly SampleFile[];
  readonly release: SampleRelease;
}

/** An asset's bytes follow from its path, as those of a hashed name do; an entry's are some of a few. */
const file = fc.record({ path, version: fc.nat(3), role: fc.constantFrom("asset" as const, "entry" as const) }).map(
  ({ path, version, role }): SampleFile => ({
    path,
    role,
    content: role === "asset" ? `asset ${path}` : `${path} ${version}`,
  }),
);

export const arbitraryRelease: fc.Arbitrary<ArbitraryRelease> = fc
  .record({ files: fc.uniqueArray(file, { selector: (one) => one.path, maxLength: 24 }), pick: fc.option(fc.nat(30)) })
  .map(({ files, pick }) => {
    const entries = files.filter(({ role }) => role === "entry");
    const fallback = pick === null ? null : (entries[pick]?.path ?? entries[0]?.path ?? null);
    return { files, release: releaseOf(files, fallback) };
  });

/** What clients send: paths of files, near misses of them, and what no browser would send. */
export const arbitraryUri: fc.Arbitrary<string> = fc
  .oneof(
    path.map((one) => `/${one.split("/").map(encodeURIComponent).join("/")}`),
    path.map((one) => `/${one}`),
    folder.map((one) => `/${one}`),
    fc
      .tuple(
        path,
        fc.constantFrom(
          "/",
          ".js",
          ".map",
          "x",
          "%20",
          "%2F",
          "%5c",
          "//",
          "/..",
          "/%2e%2e/a",
          "%",
          "%zz",
          "%00",
          ";a b",
        ),
      )
      .map(([one, end]) => `/${one}${end}`),
    fc.string({ maxLength: 12 }).map((text) => `/${text}`),
    fc.webPath().map((text) => (text.startsWith("/") ? text : `/${text}`)),
    fc.constantFrom("/projects/42", "/assets/", "/assets", "/..", "/a.unknown", "/A.HTML", "/docs/x.JS", "/caf%C3%A9"),
  )
  // What stands behind is handed to the function by itself.
  .map((uri) => uri.replace(/\?.*/s, ""));

export const arbitraryHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .tuple(
    fc.constantFrom(null, "*/*", "text/html", "text/html,*/*;q=0.8", "text/html, image/png", "image/png"),
    fc.constantFrom(null, "document", "iframe", "script", "empty"),
  )
  .map(([accept, destination]) => ({
    ...(accept === null ? {} : { accept }),
    ...(destination === null ? {} : { "sec-fetch-dest": destination }),
  }));
