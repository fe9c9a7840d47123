import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathTwins, resolveLink, whyUnsafe } from "./safe-path.ts";

describe("whyUnsafe", () => {
  test.each([
    ["", /empty/],
    ["/etc/passwd", /absolute/],
    ["../x", /\.\./],
    ["a/../b", /\.\./],
    ["a/./b", /\.\./],
    ["a//b", /empty segment/],
    ["a/", /empty segment/],
    ["a\\b", /backslash/],
    ["a\nb", /control/],
    ["a\u0000b", /control/],
    ["a\u202eb", /control/],
    ["a\ufffdb", /UTF-8/],
    ["a\ud800", /UTF-8/],
    ["x".repeat(256), /255/],
    [`${"a/".repeat(600)}b`, /1024/],
  ])("refuses %j", (path, because) => {
    expect(whyUnsafe(path)).toMatch(because);
  });

  test.each(["index.html", "node_modules/@scope/pkg/.bin/x", "a b", "grüße.html", "a/...b"])("allows %j", (path) => {
    expect(whyUnsafe(path)).toBeNull();
  });

  test("a path that is allowed stays inside, however it is joined", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "..", ".", "", "b.c", "\\", "\n"), { maxLength: 6 }), (parts) => {
        const path = parts.join("/");
        if (whyUnsafe(path) !== null) return;
        expect(new URL(path, "file:///root/x/").pathname.startsWith("/root/x/")).toBe(true);
      }),
    );
  });
});

describe("pathTwins", () => {
  test.each([
    ["case", ["a.html", "A.html"]],
    ["case of a folder", ["a/x", "A/y"]],
    ["the same twice", ["a", "a"]],
    ["composed and decomposed", ["\u00e9", "e\u0301"]],
    ["a file and a folder", ["a", "a/b"]],
    ["a folder and a file", ["a/b", "A"]],
  ])("finds %s", (_name, paths) => {
    expect(pathTwins(paths)).toHaveLength(1);
  });

  test("finds none among siblings", () => {
    expect(pathTwins(["a/b", "a/c", "ab", "a.b", "b/a"])).toEqual([]);
  });
});

describe("resolveLink", () => {
  test.each([
    ["node_modules/.bin/x", "../pkg/cli.js", "node_modules/pkg/cli.js"],
    ["a", "./b", "b"],
    ["a/b", "..", ""],
    ["a", "../b", null],
    ["a/b", "../../c", null],
    ["a/b", "../../a/c", null],
    ["a", "/etc/passwd", null],
    ["a", "", null],
    ["a", "b\nc", null],
  ])("%j to %j is %j", (path, target, expected) => {
    expect(resolveLink(path, target)).toBe(expected);
  });
});
