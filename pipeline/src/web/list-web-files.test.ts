import { describe, expect, test } from "vitest";
import type { FoundEntry } from "../release/build-ports.ts";
import { sha256 } from "../release/canonical-json.ts";
import { judgeWebTree, listWebFiles, summariseWeb } from "./list-web-files.ts";

const entry = (path: string, fields: Partial<FoundEntry> = {}): FoundEntry => ({
  path,
  kind: "file",
  bytes: 1,
  executable: false,
  link: null,
  ...fields,
});

describe("a built folder", () => {
  test("is taken as it is when every path is safe", () => {
    const tree = [entry("assets/app-1.js"), entry("docs/[slug]/index.html"), entry(".well-known/security.txt")];
    expect(judgeWebTree("dist", tree)).toEqual(tree);
  });

  test("is refused with all its problems at once", () => {
    const tree = [
      entry("a b.html"),
      entry("link", { kind: "link", link: "index.html" }),
      entry("out", { kind: "link", link: "../../etc" }),
      entry("pipe", { kind: "other" }),
      entry("index.html"),
      entry("INDEX.html"),
      entry("caf\u00e9.html"),
      entry(`${"d/".repeat(32)}x`),
      entry("line\nbreak"),
    ];
    expect(() => judgeWebTree("dist", tree)).toThrow(
      expect.objectContaining({
        code: "path-unsafe",
        evidence: [
          '"a b.html" has a character that URLs and stores do not agree on, or is too long',
          '"link" is a link to "index.html"',
          '"out" is a link to "../../etc", out of the folder',
          '"pipe" is no regular file',
          expect.stringContaining("caf"),
          expect.stringContaining("is more than 32 deep"),
          '"line\\nbreak" has a control character',
          '"index.html" and "INDEX.html" are one path where case is ignored',
        ],
      }),
    );
  });

  test.each([
    ["too many files", Array.from({ length: 100_001 }, (_, at) => entry(`${at}`)), /100001 files/],
    ["too many bytes", [entry("video", { bytes: 5 * 1024 ** 3 })], /4 GiB/],
  ])("is refused for %s", (_name, tree, because) => {
    expect(() => judgeWebTree("dist", tree)).toThrow(
      expect.objectContaining({ evidence: [expect.stringMatching(because)] }),
    );
  });
});

describe("the file list", () => {
  const files = ["index.html", "assets/a-1.js", "assets/.b-2.css", "assets/deep/c.js", "favicon.ico"].map((path) => ({
    path,
    sha256: sha256(path),
    bytes: path.length,
  }));

  test("is sorted, and an asset is what a glob names; all else is an entry", () => {
    const list = listWebFiles(files, ["assets/**", "favicon.*"], "index.html");
    expect(list.files.map(({ path, role }) => `${role} ${path}`)).toEqual([
      "asset assets/.b-2.css",
      "asset assets/a-1.js",
      "asset assets/deep/c.js",
      "asset favicon.ico",
      "entry index.html",
    ]);
    expect(summariseWeb(list)).toEqual({ entries: 1, assets: 4, bytes: 65 });
  });

  test("has no assets unless some are declared", () => {
    expect(summariseWeb(listWebFiles(files, [], null))).toMatchObject({ entries: 5, assets: 0 });
  });
});
