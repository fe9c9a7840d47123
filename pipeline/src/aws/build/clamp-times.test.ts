import fc from "fast-check";
import { extract, type Header, pack } from "tar-stream";
import { expect, test } from "vitest";
import { clampTimes } from "./clamp-times.ts";

const commit = 1_790_000_000;
const day = 86_400;

async function tarOf(headers: readonly (Partial<Header> & { readonly name: string; readonly text?: string })[]) {
  const tar = pack();
  for (const { text, ...header } of headers) tar.entry(header as Header, text ?? "");
  tar.finalize();
  return await whole(tar as AsyncIterable<Buffer>);
}
async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const clamped = (tar: Buffer, size = 65_536, now = commit + day): Promise<Buffer> =>
  whole(clampTimes(inPieces(tar, size), commit, now));
async function entriesOf(tar: Buffer) {
  const found: { name: string; time: number; text: string; pax: Header["pax"] }[] = [];
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const { name, mtime, pax } = entry.header;
    found.push({
      name,
      time: Number(mtime) / 1000,
      text: (await whole(entry as AsyncIterable<Buffer>)).toString(),
      pax,
    });
  }
  return found;
}
const at = (seconds: number) => ({ mtime: new Date(seconds * 1000) });

test("what is later than the commit, or of the hour before it, gets the commit's time; older files keep theirs", async () => {
  const tar = await tarOf([
    { name: "old", ...at(commit - 2 * 3_600), text: "a" },
    { name: "just before", ...at(commit - 100), text: "b" },
    { name: "built", ...at(commit + 500), text: "c" },
    { name: "folder/", type: "directory", ...at(commit + day) },
    { name: "link", type: "symlink", linkname: "old", ...at(commit + day) },
  ]);
  expect((await entriesOf(await clamped(tar))).map(({ name, time }) => [name, time])).toEqual([
    ["old", commit - 2 * 3_600],
    ["just before", commit],
    ["built", commit],
    ["folder/", commit],
    ["link", commit],
  ]);
});

test("a commit of a clock that is far ahead still leaves no time of the build", async () => {
  const now = commit - 7 * day;
  const built = async (time: number) => await clamped(await tarOf([{ name: "a", ...at(time), text: "x" }]), 512, now);
  expect(await built(now - 60)).toEqual(await built(now - 5));
});

test("a layer in which nothing is later stays as it is, byte for byte", async () => {
  const tar = await tarOf([
    { name: "a", ...at(1_000_000_000), text: "x".repeat(5_000) },
    { name: `${"long/".repeat(60)}b`, ...at(1_000_000_000), text: "y" },
  ]);
  const through = await clamped(tar);
  expect((await entriesOf(through)).map(({ name, text }) => [name, text.length])).toEqual([
    ["a", 5_000],
    [`${"long/".repeat(60)}b`, 1],
  ]);
  const plain = await tarOf([{ name: "a", ...at(1_000_000_000), text: "x".repeat(5_000) }]);
  expect(await clamped(plain)).toEqual(plain);
});

test("times in extended headers go, and everything else of them stays", async () => {
  const pax = {
    mtime: `${commit + 5}.123456789`,
    atime: "1790000007.5",
    "SCHILY.xattr.security.capability": "\u0001\u0000\u0000\u0002",
    path: `${"ü".repeat(120)}/file`,
  };
  const built = async (time: number) =>
    await clamped(await tarOf([{ name: "file", ...at(time), text: "x", pax: { ...pax, mtime: `${time}.5` } }]));
  const once = await built(commit + 5);
  expect(await built(commit + 99)).toEqual(once);
  const [entry] = await entriesOf(once);
  expect(entry).toMatchObject({ name: `${"ü".repeat(120)}/file`, time: commit, text: "x" });
  expect(entry?.pax).toHaveProperty(["SCHILY.xattr.security.capability"]);
  expect(entry?.pax).not.toHaveProperty("mtime");
});

test("two builds of the same files are the same layer, however the bytes arrive", async () => {
  const file = fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}(\/[a-zé]{1,80}){0,3}$/),
    text: fc.string({ maxLength: 2_000 }),
    later: fc.tuple(fc.integer({ min: 0, max: day }), fc.integer({ min: 0, max: day })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 8 }), fc.integer({ min: 1, max: 3_000 }), async (files, size) => {
      const build = (which: 0 | 1) =>
        tarOf(files.map(({ name, text, later }) => ({ name, text, ...at(commit + later[which]) })));
      expect(await clamped(await build(0), size)).toEqual(await clamped(await build(1)));
    }),
    { numRuns: 40 },
  );
});

test.each([1, 100, 511, 513, 700])("a layer that ends early, after %i bytes, is no layer", async (bytes) => {
  const tar = await tarOf([{ name: "a", ...at(commit), text: "x".repeat(600) }]);
  await expect(clamped(tar.subarray(0, bytes))).rejects.toThrow("ends early");
});
