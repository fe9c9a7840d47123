import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { aRelease, digestOf as digestOfText, instantOf, shas } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { canonicalJson, sha256 } from "./canonical-json.ts";
import { isStored, parseStored } from "./parse-stored.ts";
import { readRelease } from "./read-release.ts";
import { blobKey, releaseKey } from "./store-keys.ts";

const list = canonicalJson({ version: 1, fallback: null, files: [] });
const { manifest } = aRelease({ web: { digest: sha256(list), entries: 0, assets: 0, bytes: 0 } });

async function look(text: string, web = list) {
  const store = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
  store.plant(releaseKey(shas.new), text);
  store.plant(blobKey(sha256(list)), web);
  return await readRelease(store, shas.new);
}

test("a release is read back with its pages, the digest of its bytes and the time they were written", async () => {
  const text = canonicalJson(manifest);
  expect(await look(text)).toEqual({
    status: "found",
    release: { manifest, digest: sha256(text), publishedAt: "2026-11-19T12:00:00.000Z" },
    web: { version: 1, fallback: null, files: [] },
  });
});

describe("what is stored is not believed", () => {
  const edit = (fields: object) => canonicalJson({ ...manifest, ...fields });
  const api = manifest.images.api;
  const rows: readonly (readonly [name: string, text: string, because: RegExp])[] = [
    ["nothing at all", "", /not JSON/],
    ["half of it", canonicalJson(manifest).slice(0, 200), /not JSON/],
    ["a byte order mark", `\ufeff${canonicalJson(manifest)}`, /not JSON/],
    ["white space", JSON.stringify(JSON.parse(canonicalJson(manifest)), null, 1), /canonical/],
    ["keys in another order", JSON.stringify({ ...manifest }), /canonical/],
    [
      "a key twice",
      canonicalJson(manifest).replace('{"app":"chronoledger"', '{"app":"evil","app":"chronoledger"'),
      /canonical/,
    ],
    ["an unknown key", edit({ extra: 1 }), /extra/i],
    ["__proto__", canonicalJson(manifest).replace("{", '{"__proto__":{"a":1},'), /proto|canonical/i],
    ["another commit", edit({ git: { ...manifest.git, sha: shas.old } }), /is of commit 8c41f07/],
    ["a short SHA", edit({ git: { ...manifest.git, sha: "1f6ac3d" } }), /git\.sha/],
    ["a version to come", edit({ version: 2 }), /version/],
    ["a tag for a digest", edit({ images: { api: { ...api, digest: "latest" } } }), /images\.api\.digest/],
    [
      "another algorithm",
      edit({ images: { api: { ...api, digest: `sha512:${"0".repeat(128)}` } } }),
      /images\.api\.digest/,
    ],
    ["a service without an image", edit({ images: {} }), /without an image/],
    ["an image without a service", edit({ images: { api, other: api } }), /without a service/],
    ["a service twice", edit({ services: [...manifest.services, ...manifest.services] }), /service twice/],
    [
      "a service that is a path",
      edit({ services: [{ ...manifest.services[0], name: "../api" }] }),
      /services\.0\.name/,
    ],
    [
      "a command that is no list",
      edit({ services: [{ ...manifest.services[0], run: "rm -rf /" }] }),
      /services\.0\.run/,
    ],
    ["too many services", edit({ services: Array.from({ length: 51 }, () => manifest.services[0]) }), /services/],
    ["not a number", canonicalJson(manifest).replace('"bytes":0', '"bytes":NaN'), /not JSON/],
    ["depth", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, /deeper/],
    ["size", `"${"x".repeat(5 * 1024 * 1024)}"`, /bytes, more than/],
    ["a list", "[]", /expected object/i],
    ["null", "null", /expected object/i],
  ];
  test.each(rows)("%s", async (_name, text, because) => {
    expect(await look(text)).toEqual({ status: "corrupt", because: expect.stringMatching(because) });
  });

  test("bytes that are not UTF-8", async () => {
    const store = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
    await store.putIfAbsent(releaseKey(shas.new), new Uint8Array([0xff, 0xfe, 0x00]));
    expect(await readRelease(store, shas.new)).toEqual({ status: "corrupt", because: "release.json is not UTF-8" });
  });

  test("any bytes whatever are an answer, never a throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json({ maxDepth: 5 }), fc.string()), async (text) => {
        expect((await look(text)).status).toBe("corrupt");
      }),
    );
  });

  test.each([
    ["is missing", null, /is missing/],
    ["has other bytes", "{}", /has other bytes/],
  ])("a web file list that %s", async (_name, web, because) => {
    const store = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
    store.plant(releaseKey(shas.new), canonicalJson(manifest));
    if (web !== null) store.plant(blobKey(sha256(list)), web);
    expect(await readRelease(store, shas.new)).toEqual({ status: "corrupt", because: expect.stringMatching(because) });
  });

  const page = (path: string) => ({ path, sha256: digestOfText(path), bytes: 1, role: "entry" });
  test.each([
    ["leads out", [page("../index.html")]],
    ["is absolute", [page("/index.html")]],
    ["hides a segment", [page("a//b")]],
    ["is there twice", [page("a.html"), page("a.html")]],
    ["differs in case alone", [page("a.html"), page("A.html")]],
    ["is a file and a folder", [page("a"), page("a/b")]],
    ["is endless", [page(`${"a/".repeat(40)}b`)]],
  ])("a web file whose path %s", async (_name, files) => {
    const hostile = canonicalJson({ version: 1, fallback: null, files });
    const store = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
    store.plant(blobKey(sha256(hostile)), hostile);
    store.plant(releaseKey(shas.new), edit({ web: { digest: sha256(hostile), entries: 1, assets: 0, bytes: 1 } }));
    expect(await readRelease(store, shas.new)).toMatchObject({ status: "corrupt" });
  });
});

test("what only asks whether something is such a document says the same as what reads it", () => {
  const words = fc.constantFrom("retired", "{", '"a":1', "}", "1", ",", '"a":1,"b":2', " ", "\ufeff", "[".repeat(70));
  const schema = z.strictObject({ a: z.literal(1) });
  fc.assert(
    fc.property(fc.array(words, { maxLength: 5 }), (parts) => {
      const bytes = new TextEncoder().encode(parts.join(""));
      expect(isStored(schema, bytes, 60)).toBe(parseStored(schema, bytes, 60).status === "parsed");
    }),
    { examples: [[["{", '"a":1', "}"]], [["{", '"a":1', " ", "}"]], [["{", '"a":1', ",", '"a":1', "}"]]] },
  );
});
