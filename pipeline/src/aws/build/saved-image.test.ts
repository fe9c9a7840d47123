import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSavedImage } from "./saved-image.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-saved-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function saved(entries: readonly (readonly [name: string, body: Buffer | string | { readonly link: string }])[]) {
  const tar = pack();
  for (const [name, body] of entries) {
    if (typeof body === "object" && "link" in body) tar.entry({ name, type: "symlink", linkname: body.link } as Header);
    else tar.entry({ name }, body);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  const file = join(folder, "saved.tar");
  writeFileSync(file, Buffer.concat(chunks));
  return await openSavedImage(file);
}
async function textOf(layer: (() => AsyncIterable<Buffer>) | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of layer?.() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
const list = (Config: string, Layers: readonly string[]): string =>
  JSON.stringify([{ Config, RepoTags: null, Layers }]);

test("an older engine saves layers in folders, and one that is there twice as a link", async () => {
  const image = await saved([
    ["a/layer.tar", "one"],
    ["b/layer.tar", "two"],
    ["c/layer.tar", { link: "../a/layer.tar" }],
    ["c.json", "{}"],
    ["manifest.json", list("c.json", ["a/layer.tar", "b/layer.tar", "c/layer.tar"])],
  ]);
  expect(Buffer.from(image.config).toString()).toBe("{}");
  expect(await Promise.all(image.layers.map(textOf))).toEqual(["one", "two", "one"]);
  expect(await textOf(image.layers[0])).toBe("one");
});

test("a newer engine saves blobs, which may be compressed", async () => {
  const image = await saved([
    ["blobs/sha256/aa", gzipSync("one")],
    ["blobs/sha256/bb", "two"],
    ["blobs/sha256/cc", "{}"],
    ["index.json", "{}"],
    ["manifest.json", list("blobs/sha256/cc", ["blobs/sha256/aa", "blobs/sha256/bb"])],
  ]);
  expect(await Promise.all(image.layers.map(textOf))).toEqual(["one", "two"]);
});

test.each([
  ["nothing in it", []],
  ["a layer that is not there", [["manifest.json", list("c.json", ["a"])]]],
  ["two images", [["manifest.json", "[{},{}]"]]],
  [
    "a link that leads nowhere",
    [
      ["a", { link: "../../etc/passwd" }],
      ["manifest.json", list("c.json", ["a"])],
    ],
  ],
] as const)("a file with %s is no saved image", async (_name, entries) => {
  await expect(saved(entries)).rejects.toThrow();
});
