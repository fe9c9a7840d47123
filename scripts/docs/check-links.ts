import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type MarkdownPage, readMarkdown } from "./markdown.ts";

/** The pages of the site, and of GitHub: where they lie in the repository. */
export const pagePatterns = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/**/*.md",
  "pipeline/src/glossary.md",
  "reference-app/README.md",
] as const;

/** By path, with `/`. */
export function readPages(repository: string): ReadonlyMap<string, MarkdownPage> {
  const paths = globSync([...pagePatterns], { cwd: repository, exclude: ["**/node_modules/**", "**/dist/**"] });
  return new Map(
    paths.toSorted().map((path) => [path, readMarkdown(readFileSync(join(repository, path), "utf8"))] as const),
  );
}

/** What does not lead where it says, a line each: `page: target: why`. Links to other hosts are not asked. */
export function linkProblems(repository: string, pages: ReadonlyMap<string, MarkdownPage>): readonly string[] {
  return [...pages].flatMap(([from, page]) =>
    page.targets.flatMap((target) => {
      const why = whyDead(repository, pages, from, target);
      return why === null ? [] : [`${from}: ${target}: ${why}`];
    }),
  );
}

function whyDead(
  repository: string,
  pages: ReadonlyMap<string, MarkdownPage>,
  from: string,
  target: string,
): string | null {
  if (/^https?:\/\//.test(target)) return null;
  if (target.startsWith("/")) return "is absolute; GitHub and the site have other roots";
  const { path, anchor } = resolved(from, target);
  if (path.startsWith("..")) return "leads out of the repository";
  if (!existsSync(join(repository, path))) return "there is no such file";
  if (anchor === null) return null;
  const page = pages.get(path) ?? readMarkdown(readFileSync(join(repository, path), "utf8"));
  return page.anchors.has(anchor) ? null : "there is no such heading";
}

function resolved(from: string, target: string): { readonly path: string; readonly anchor: string | null } {
  const [file = "", anchor = null] = target.split("#");
  return { path: file === "" ? from : normalize(join(dirname(from), decodeURIComponent(file))), anchor };
}

/** Pages that no chain of links from `start` reaches. */
export function unreached(pages: ReadonlyMap<string, MarkdownPage>, start: string): readonly string[] {
  const reached = new Set([start]);
  // A Set that grows is iterated to its end.
  for (const from of reached)
    for (const target of pages.get(from)?.targets ?? []) {
      const { path } = resolved(from, target);
      if (pages.has(path)) reached.add(path);
    }
  return [...pages.keys()].filter((path) => !reached.has(path));
}
