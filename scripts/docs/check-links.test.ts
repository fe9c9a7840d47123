import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { linkProblems, readPages, unreached } from "./check-links.ts";
import { readMarkdown } from "./markdown.ts";
import { slugOf } from "./slug.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const pages = readPages(repository);

describe("the documents, as GitHub shows them", () => {
  test("link only to files and headings that there are", () => {
    const links = [...pages.values()].flatMap(({ targets }) => targets);
    expect(links.length).toBeGreaterThan(100);
    expect(linkProblems(repository, pages)).toEqual([]);
  });

  test("can all be reached from README.md", () => {
    expect(unreached(pages, "README.md")).toEqual([]);
  });

  test("hold no tags outside of code, which would not be shown", () => {
    expect([...pages].flatMap(([path, { tags }]) => tags.map((tag) => `${path}: ${tag}`))).toEqual([]);
  });
});

describe("the check of links", () => {
  const page = readMarkdown(
    "# One `two`: three\n## Again\n## Again\n```\n# no heading\n[no](link.md)\n```\n`[no](x.md)` [yes](y.md#z) ![i](i.png) <sha>\n",
  );

  test("reads headings, links and tags, and nothing of code", () => {
    expect([...page.anchors]).toEqual(["one-two-three", "again", "again-1"]);
    expect(page.targets).toEqual(["y.md#z", "i.png"]);
    expect(page.tags).toEqual(["<sha>"]);
  });

  test("finds what is dead", () => {
    const found = linkProblems(
      repository,
      new Map([
        [
          "docs/x.md",
          readMarkdown("[a](../README.md) [b](gone.md) [c](../README.md#gone) [d](/README.md) [e](../../x)"),
        ],
      ]),
    );
    expect(found.map((line) => line.replace(/^.*: /, ""))).toEqual([
      "there is no such file",
      "there is no such heading",
      "is absolute; GitHub and the site have other roots",
      "leads out of the repository",
    ]);
  });

  test.each([
    ["What it cannot promise", "what-it-cannot-promise"],
    ["environments.<name>", "environmentsname"],
    ["A `rollback`, and `--to`", "a-rollback-and---to"],
  ])("gives %s the anchor that GitHub gives it", (heading, slug) => {
    expect(slugOf(heading)).toBe(slug);
  });
});
