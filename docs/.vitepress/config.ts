import { cpSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type MarkdownRenderer } from "vitepress";
import { pagePatterns } from "../../scripts/docs/check-links.ts";
import { readContents } from "../../scripts/docs/contents.ts";
import { slugOf } from "../../scripts/docs/slug.ts";

/*
 * The site has the same files in the same places as the repository, so that a link works here and on GitHub. It asks no
 * other host for anything. SLIPWAY_DOCS_BASE is the path under which it is served; default /.
 */

const repository = fileURLToPath(new URL("../..", import.meta.url));
const out = fileURLToPath(new URL("dist", import.meta.url));
const pages = new Set(globSync([...pagePatterns], { cwd: repository }));
const others = globSync("**/*.md", { cwd: repository, exclude: ["**/node_modules", "**/.*", "**/dist"] }).filter(
  (path) => !pages.has(path),
);
/** What pages link to and is no page. */
const files = ["cli/schema", "docs/reference/slipway.yaml"];

const groups = readContents(readFileSync(new URL("../README.md", import.meta.url), "utf8"));
const pathOf = (path: string): string => `/${path.replace(/README\.md$/, "").replace(/\.md$/, "")}`;

/** What promote prints is 100 columns wide. */
const wide = `.VPDoc.has-aside .content-container { max-width: 880px !important; }
.vp-doc div[class*="language-"] code { font-size: 12.5px; }`;

/** A README is the page of its folder, also where it is linked to. */
function linkToFolders(md: MarkdownRenderer): void {
  md.core.ruler.push("readme-links", ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? []))
      if (token.type === "link_open")
        token.attrSet("href", String(token.attrGet("href")).replace(/(^|\/)README\.md(?=#|$)/, "$1index.md"));
  });
}

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export.
export default defineConfig({
  title: "Slipway",
  description: "Build a commit once, then move exactly those bytes from environment to environment.",
  lang: "en",
  base: process.env.SLIPWAY_DOCS_BASE ?? "/",
  srcDir: "..",
  srcExclude: others,
  outDir: out,
  cacheDir: fileURLToPath(new URL("../../node_modules/.cache/vitepress", import.meta.url)),
  rewrites: { "README.md": "index.md", ":folder(.*)/README.md": ":folder/index.md" },
  ignoreDeadLinks: false,
  metaChunk: true,
  head: [
    ["link", { rel: "icon", href: "data:," }],
    ["style", {}, wide],
  ],
  markdown: {
    html: false,
    attrs: { disable: true },
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    headers: { slugify: slugOf },
    config: linkToFolders,
  },
  themeConfig: {
    search: { provider: "local", options: { detailedView: true } },
    outline: [2, 3],
    docFooter: { prev: false, next: false },
    nav: [
      { text: "The first hour", link: "/docs/guides/the-first-hour" },
      { text: "When something is wrong", link: "/docs/guides/when-something-is-wrong" },
      { text: "Verbs", link: "/docs/reference/verbs" },
      { text: "slipway.yaml", link: "/docs/reference/config" },
      { text: "Codes", link: "/docs/reference/codes" },
    ],
    sidebar: groups.map(({ text, entries }) => {
      const items = entries
        .filter(({ path }) => path.endsWith(".md"))
        .map((entry) => ({ text: entry.text, link: pathOf(entry.path) }));
      return text === "" ? { items } : { text, items, collapsed: text === "Decisions" };
    }),
  },
  buildEnd: () => {
    for (const file of files) cpSync(`${repository}/${file}`, `${out}/${file}`, { recursive: true });
  },
});
