import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The board's page: all that a browser gets beside JSON. */
export interface Page {
  readonly html: Uint8Array;
  readonly script: Uint8Array;
  readonly style: Uint8Array;
}

/** As it was packaged (`dist/board/` beside the bundle), or, in the checkout, bundled now. */
export async function loadPage(): Promise<Page> {
  const packaged = (name: string): string => fileURLToPath(new URL(`./board/${name}`, import.meta.url));
  if (!existsSync(packaged("board.js"))) return bundlePage();
  const [html, script, style] = await Promise.all(
    ["index.html", "board.js", "board.css"].map((name) => readFile(packaged(name))),
  );
  if (!html || !script || !style) throw new Error("three files were read");
  return { html, script, style };
}

/** Bundles from the sources; packaging calls it too. */
export async function bundlePage(): Promise<Page> {
  const source = (name: string): string => fileURLToPath(new URL(`../../board/${name}`, import.meta.url));
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [source("main.tsx"), source("board.css")],
    outdir: "board",
    // Paths in the output are relative to it: the same bytes wherever the checkout lies.
    absWorkingDir: dirname(source("main.tsx")),
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "esm",
    target: ["es2023", "chrome111", "firefox114", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "inline",
    logLevel: "silent",
  });
  const found = (end: string): Uint8Array => {
    const file = outputFiles.find(({ path }) => path.endsWith(end));
    if (!file) throw new Error(`esbuild gave no ${end}`);
    return file.contents;
  };
  return { html: await readFile(source("index.html")), script: found(".js"), style: found(".css") };
}
