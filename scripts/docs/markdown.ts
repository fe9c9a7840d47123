import { slugOf } from "./slug.ts";

export interface MarkdownPage {
  /** Where links and images lead, as written. */
  readonly targets: readonly string[];
  readonly anchors: ReadonlySet<string>;
  /** What looks like HTML outside of code: GitHub would show nothing there. */
  readonly tags: readonly string[];
}

/** What of a Markdown file others can link to, and what it links to. Knows the forms that this repository uses. */
export function readMarkdown(text: string): MarkdownPage {
  const withoutBlocks = text.replaceAll(/^(```+|~~~+)[\s\S]*?^\1\s*$/gm, "");
  const headings = [...withoutBlocks.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = ""]) => textOf(heading));
  const words = withoutBlocks.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
  return {
    targets: [...words.matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, target]) => target ?? []),
    anchors: new Set(numbered(headings.map(slugOf))),
    tags: [...words.matchAll(/<\/?[A-Za-z][^<>\n]*>/g)].map(([tag]) => tag),
  };
}

/** A heading as it is read: without the signs of Markdown. */
const textOf = (heading: string): string =>
  heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*]/g, "")
    .replaceAll(/&(?:lt|gt|amp);/g, (entity) => ({ "&lt;": "<", "&gt;": ">" })[entity] ?? "&");

function numbered(slugs: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return slugs.map((slug) => {
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}
