import { describe, expect, test } from "vitest";
import { sha256 } from "../release/canonical-json.ts";
import { checkReferences } from "./check-references.ts";
import { listWebFiles } from "./list-web-files.ts";

/** Evidence of what is broken among these files; nothing when every reference resolves. */
async function broken(
  files: Readonly<Record<string, string>>,
  options: { fallback?: string; routes?: readonly string[] } = {},
): Promise<readonly string[]> {
  const listed = Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text), bytes: text.length }));
  const list = listWebFiles(listed, ["assets/**"], options.fallback ?? null);
  const read = async (path: string) => new TextEncoder().encode(files[path]);
  try {
    await checkReferences({ list, read, routes: options.routes ?? [] });
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: "web-broken" });
    return (error as { evidence: readonly string[] }).evidence;
  }
}

describe("what a page loads", () => {
  const missing = (url: string, line = 1) => [`index.html:${line}: ${JSON.stringify(url)} is not in the release`];
  test.each([
    ["a script", `<script src="/assets/a.js"></script>`, "/assets/a.js"],
    ["a module", `<script type=module src=assets/a.js></script>`, "assets/a.js"],
    ["a style sheet", `<link rel="stylesheet" href="/a.css">`, "/a.css"],
    ["a preloaded module", `<link rel="modulepreload" crossorigin href="./a.js">`, "./a.js"],
    ["an icon", `<link rel="shortcut icon" href="/favicon.ico">`, "/favicon.ico"],
    ["an image", `<IMG SRC='/a.png'>`, "/a.png"],
    ["one of a srcset", `<img src="data:image/gif;base64,R0lGOD" srcset="data:,x 1x, /b.png 2x">`, "/b.png"],
    ["a picture's source", `<picture><source srcset="/a.avif"></picture>`, "/a.avif"],
    ["a poster", `<video poster="/a.jpg"></video>`, "/a.jpg"],
    ["an SVG image", `<svg><image href="/a.png"/></svg>`, "/a.png"],
    ["a style attribute", `<p style="background: url('/a.png')">`, "/a.png"],
    ["a style element", `<style>p { background: url(/a.png) }</style>`, "/a.png"],
    ["an entity", `<img src="/a&amp;b.png">`, "/a&b.png"],
    ["a query", `<script src="/a.js?v=1"></script>`, "/a.js?v=1"],
    ["a folder without a page", `<object data="/docs/"></object>`, "/docs/"],
    ["an escape out of the site", `<img src="../../a.png">`, "../../a.png"],
  ])("is broken by %s that is not there", async (_name, html, url) => {
    expect(await broken({ "index.html": html })).toEqual(missing(url));
  });

  test("is named by its line", async () => {
    const html =
      "<!doctype html>\n<head>\n\n<style>\np {}\na { background: url(x.png) }\n</style>\n<script src='y.js'></script>";
    expect(await broken({ "index.html": html })).toEqual([
      'index.html:6: "x.png" is not in the release',
      'index.html:8: "y.js" is not in the release',
    ]);
  });

  test.each([
    ["another host's file", `<script src="https://cdn.example/x.js"></script><img src="//cdn.example/x.png">`],
    ["data", `<img src="data:image/png;base64,AAAA">`],
    ["a page, which the fallback may answer", `<a href="/somewhere">x</a>`],
    ["an address for robots", `<link rel="canonical" href="/somewhere"><link rel="alternate" href="/feed">`],
    ["a comment", `<!-- <script src="/gone.js"></script> -->`],
    ["a script's own text", `<script>const x = '<img src="/gone.png">'</script>`],
    ["a place in the same page", `<svg><use href="#icon"/></svg>`],
    ["nothing", `<img src="">`],
    ["markup that never closes", `<div><p><script src="/there.js">`],
  ])("is not broken by %s", async (_name, html) => {
    expect(await broken({ "index.html": html, "there.js": "" })).toEqual([]);
  });

  test("resolves against the page's own folder, or its base", async () => {
    const files = { "docs/index.html": `<script src="a.js"></script>`, "docs/a.js": "", "assets/b.js": "" };
    expect(await broken(files)).toEqual([]);
    expect(await broken({ ...files, "index.html": `<base href="/assets/"><script src="b.js"></script>` })).toEqual([]);
    expect(
      await broken({ ...files, "index.html": `<base href="https://cdn.example/"><script src="z.js"></script>` }),
    ).toEqual([]);
  });

  test("finds files under escaped names", async () => {
    expect(await broken({ "index.html": `<img src="/%5Bslug%5D.png"><img src="/%zz">`, "[slug].png": "" })).toEqual([
      'index.html:1: "/%zz" is not in the release',
    ]);
  });

  test("may be a service's to answer", async () => {
    const html = `<script src="/api/config.js"></script><img src="/apiary.png">`;
    expect(await broken({ "index.html": html }, { routes: ["/api/*", "/version"] })).toEqual([
      'index.html:1: "/apiary.png" is not in the release',
    ]);
  });
});

describe("what a style sheet or a module loads", () => {
  test.each([
    ["a url()", `a { background: url("x.png") }`],
    ["an @import", `@import "x.css";`],
    ["an @import url()", `@import url(x.css) screen;`],
    [
      "a font among others",
      `@font-face { src: local("A"), url(data:font/woff2;base64,AA), url(x.woff2) format("woff2") }`,
    ],
    ["an escaped name", `a { background: url("x\\2e png") }`],
  ])("is broken by %s", async (_name, css) => {
    const [first, ...rest] = await broken({ "assets/a.css": css });
    expect(first).toMatch(/^assets\/a\.css:1: "x\.\w+" is not in the release$/);
    expect(rest).toEqual([]);
  });

  test("is not asked of comments and of other hosts", async () => {
    expect(
      await broken({ "a.css": `/* url(x.png) */ @import "https://x.example/a.css"; a { mask: url(#m) }` }),
    ).toEqual([]);
  });

  test("is broken by a chunk that is not there, imported statically or not", async () => {
    const chunk = `import { a } from "./b.js";\nimport * as react from "react";\nconst c = () => import("./c.js");\nimport("./" + a);`;
    expect(await broken({ "assets/a.js": chunk, "assets/c.js": "" })).toEqual([
      'assets/a.js:1: "./b.js" is not in the release',
    ]);
  });

  test("is not asked of a script that cannot be read as a module", async () => {
    expect(await broken({ "a.js": "import from from from {{{ `" })).toEqual([]);
  });
});

test("a fallback must be an entry of the release", async () => {
  expect(await broken({ "index.html": "" }, { fallback: "index.html" })).toEqual([]);
  expect(await broken({ "home.html": "" }, { fallback: "index.html" })).toEqual([
    'web.fallback "index.html" is no entry of the release',
  ]);
  expect(await broken({ "assets/index.html": "" }, { fallback: "assets/index.html" })).toHaveLength(1);
});

test("a page made to be slow is judged at once", async () => {
  const hostile = `<img srcset="${", ".repeat(50_000)}x ${"(".repeat(50_000)}"><style>${"url(".repeat(50_000)}</style>`;
  const started = performance.now();
  await broken({ "index.html": hostile, "a.css": `${"/*".repeat(100_000)}${"url(\\".repeat(50_000)}` });
  expect(performance.now() - started).toBeLessThan(2_000);
});
