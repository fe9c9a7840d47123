import { describe, expect, test } from "vitest";
import { shas } from "../../test/builders.ts";
import { sha256 } from "../release/canonical-json.ts";
import { refuseCollisions } from "./collisions.ts";
import { diffWeb, invalidationPaths } from "./diff.ts";
import type { WebFileList } from "./file-list.ts";
import { listWebFiles } from "./list-web-files.ts";

const listOf = (files: Readonly<Record<string, string>>): WebFileList =>
  listWebFiles(
    Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text), bytes: text.length })),
    ["assets/**"],
    null,
  );
const first = listOf({ "index.html": "1", "about.html": "1", "docs/index.html": "1", "assets/a-1.js": "1" });
const second = listOf({
  "index.html": "2",
  "about.html": "1",
  "new.html": "1",
  "assets/a-1.js": "1",
  "assets/b-2.js": "2",
});

describe("what differs between two web releases", () => {
  test("is told by content alone, though size and time are the same", () => {
    const difference = diffWeb(first, second);
    expect(difference.newAssets.map((file) => file.path)).toEqual(["assets/b-2.js"]);
    expect(difference.changedEntries.map((file) => file.path)).toEqual(["index.html", "new.html"]);
    expect(difference.removedEntries.map((file) => file.path)).toEqual(["docs/index.html"]);
    expect(difference.unchanged).toBe(2);
  });

  test("is nothing between equal ones, and everything where nothing was live", () => {
    expect(diffWeb(first, first)).toMatchObject({
      newAssets: [],
      changedEntries: [],
      removedEntries: [],
      unchanged: 4,
    });
    expect(diffWeb(null, first)).toMatchObject({ unchanged: 0 });
    expect(diffWeb(null, null)).toMatchObject({ unchanged: 0 });
  });

  test("is invalidated only where a cache may hold an old copy, both ways the same", () => {
    const paths = ["/", "/docs/", "/docs/index.html", "/index.html", "/new.html"];
    expect(invalidationPaths(first, second)).toEqual(paths);
    expect(invalidationPaths(second, first)).toEqual(paths);
    expect(invalidationPaths(first, first)).toEqual([]);
  });

  test("is written as URLs have it", () => {
    expect(invalidationPaths(null, listOf({ "blog/[slug].html": "1" }))).toEqual(["/blog/%5Bslug%5D.html"]);
  });
});

describe("an asset's name", () => {
  const changed = listOf({ "index.html": "2", "assets/a-1.js": "other" });

  test("may come back with the same bytes, and entries may change", () => {
    expect(() => refuseCollisions(second, [{ sha: shas.old, list: first }])).not.toThrow();
  });

  test("may not come back with others; the newest release that has it is named", () => {
    const earlier = [shas.old, shas.older].map((sha) => ({ sha, list: first }));
    expect(() => refuseCollisions(changed, earlier)).toThrow(
      expect.objectContaining({
        code: "web-collision",
        evidence: [expect.stringMatching(/^assets\/a-1\.js: sha256:\w{12} in 8c41f07, now sha256:\w{12}$/)],
      }),
    );
  });
});
