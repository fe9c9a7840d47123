import fc from "fast-check";
import { expect, test } from "vitest";
import { openEdge } from "../../../test/web/edge.ts";
import { asScript } from "../../../test/web/web-world.ts";
import { type MappedFiles, mapEntries, mostTableBytes } from "./entry-map.ts";
import { longestFunctionBytes, viewerRequestFunction } from "./viewer-request.ts";

const filesOf = (paths: Iterable<string>): MappedFiles =>
  new Map([...paths].map((path, index) => [path, index.toString(16).padStart(16, "0")]));

/** What the edge makes of a path, with such a map. */
async function contentAt(files: MappedFiles, inlineBytes: number, paths: readonly string[]) {
  const map = mapEntries(files, inlineBytes);
  if (map === null) throw new Error("no map");
  const live = JSON.stringify({ fallback: null, bits: map.bits, files: map.files });
  const edge = openEdge({ get: async (key) => (key === "live" ? live : map.nodes.get(key)) });
  const found = new Map<string, string | null>();
  for (const path of paths) {
    const decision = await edge({ method: "GET", uri: `/${path}`, headers: asScript });
    const origin = "origin" in decision ? decision.origin : "";
    found.set(path, /^\/entries\/([0-9a-f]{16})\//.exec(origin)?.[1] ?? null);
  }
  return { found, map };
}

test.each([1, 20, 33, 500, 5_000])("of %i entries the edge finds each, and no other path", async (count) => {
  const files = filesOf(Array.from({ length: count }, (_, index) => `docs/page-${index}.html`));
  const asked = [...files.keys()].filter((_, index) => index % Math.ceil(count / 300) === 0);
  const others = asked.map((path) => `${path}l`);
  const { found, map } = await contentAt(files, mostTableBytes, [...asked, ...others]);
  for (const path of asked) expect([path, found.get(path)]).toEqual([path, files.get(path)]);
  for (const path of others) expect([path, found.get(path)]).toEqual([path, null]);
  expect(map.files.length).toBeLessThanOrEqual(mostTableBytes);
  for (const [key, text] of map.nodes) expect(key.length + text.length).toBeLessThanOrEqual(1_024);
});

test("names of what every object has are names like others", async () => {
  const files = filesOf(["constructor", "__proto__", "toString"]);
  const { found } = await contentAt(files, mostTableBytes, ["constructor", "__proto__", "toString", "valueOf"]);
  expect(
    Object.fromEntries([...found].map(([path, content]) => [path, content === (files.get(path) ?? null)])),
  ).toEqual(Object.fromEntries([...found.keys()].map((path) => [path, true])));
});

test("a change of one entry changes one value of each level", () => {
  fc.assert(
    fc.property(fc.nat(4_999), (changed) => {
      const paths = Array.from({ length: 5_000 }, (_, index) => `docs/page-${index}.html`);
      const before = filesOf(paths);
      const after = new Map([...before, [`docs/page-${changed}.html`, "f".repeat(16)]]);
      const known = mapEntries(before, mostTableBytes)?.nodes;
      const fresh = [...(mapEntries(after, mostTableBytes)?.nodes ?? [])].filter(([key]) => !known?.has(key));
      expect(fresh).toHaveLength(2);
    }),
    { numRuns: 3 },
  );
});

test("the function fits into what CloudFront takes, and imports what its runtime has", () => {
  const code = viewerRequestFunction();
  expect(Buffer.byteLength(code)).toBeLessThanOrEqual(longestFunctionBytes);
  expect(code.match(/^import .*$/gm)).toEqual(['import cf from "cloudfront";', 'import crypto from "crypto";']);
  expect(code).toContain(";css;");
  expect(code).not.toContain(";html;");
});
