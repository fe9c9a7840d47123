import fc from "fast-check";
import { expect, test } from "vitest";
import { isLoopbackHost, readTarget, webPathOf } from "./request-path.ts";

const webPath = (target: string): string | null => {
  const read = readTarget(target);
  const file = read.status === "fine" ? webPathOf(read.path) : read;
  return file.status === "fine" ? file.path : null;
};

test.for([
  { target: "/", path: "index.html" },
  { target: "/docs/", path: "docs/index.html" },
  { target: "/a%20b.txt?x=1", path: "a b.txt" },
  { target: "/..", path: null },
  { target: "/%2e%2e/x", path: null },
  { target: "/a/./b", path: null },
  { target: "/%252e%252e/x", path: "%2e%2e/x" },
  { target: "/a%2fb", path: null },
  { target: "/a\u0000b", path: null },
  { target: "http://localhost/", path: null },
  { target: "", path: null },
])("reads $target as $path", ({ target, path }) => {
  expect(webPath(target)).toBe(path);
});

test("no target whatever names a file outside", () => {
  const piece = fc.constantFrom("/", "..", ".", "%2e", "%2E", "%2f", "%5c", "\\", "%00", "a", "%c0%ae", "?", "#", "//");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const path = webPath(`/${pieces.join("")}`);
      const segments = path?.split("/") ?? [];
      expect(segments.some((segment) => segment === ".." || segment === ".")).toBe(false);
      expect(path?.startsWith("/") ?? false).toBe(false);
      expect(path?.includes("\0") ?? false).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test.for([
  { host: "localhost", is: true },
  { host: "LOCALHOST:4601", is: true },
  { host: "dev.localhost:4601", is: true },
  { host: "127.0.0.1:80", is: true },
  { host: "[::1]", is: true },
  { host: "127.0.0.1.evil.example", is: false },
  { host: "localhost@evil.example", is: false },
  { host: "evillocalhost", is: false },
  { host: "", is: false },
  { host: undefined, is: false },
])("$host is of this machine: $is", ({ host, is }) => {
  expect(isLoopbackHost(host)).toBe(is);
});
