import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Header, pack } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createImageStore } from "../../src/local/image-store.ts";
import { sha256 } from "../../src/release/canonical-json.ts";
import { countCases } from "./count-cases.ts";
import { bytesOf, faultsOfOutput, type HostileCase, readCases, type Told } from "./hostile-case.ts";

countCases("hostile-archives", "hostile archives");

interface HostileArchive extends HostileCase {
  readonly entries: readonly (Partial<Header> & { readonly name: string })[];
  /** So many bytes of it are left. */
  readonly cut?: number;
  /** One bit of this byte is turned. */
  readonly flip?: number;
  /** Named by the bytes that it had before. */
  readonly original?: boolean;
  readonly whole?: Told;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-archives-"));
  mkdirSync(join(folder, "inside"));
  writeFileSync(join(folder, "secret.txt"), "hunter2");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function tarOf(entries: HostileArchive["entries"]): Promise<Buffer> {
  const tar = pack();
  for (const { name, ...header } of [{ name: "good.js" }, ...entries]) {
    const hasBody = (header as Partial<Header>).type === undefined;
    if (hasBody) tar.entry({ name, ...header, mtime: new Date(0) }, "content");
    else tar.entry({ name, ...header, size: 0, mtime: new Date(0) }, "");
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function hostileBytes({ entries, cut, flip, whole }: HostileArchive): Promise<Buffer> {
  if (whole !== undefined) return Buffer.from(bytesOf(whole));
  const bytes = await tarOf(entries);
  if (flip !== undefined) bytes.writeUInt8(bytes.readUInt8(flip) ^ 1, flip);
  return cut === undefined ? bytes : bytes.subarray(0, cut);
}

/** Everything outside of the folder that an image may be unpacked into. */
const outside = (): string =>
  JSON.stringify([readdirSync(folder).toSorted(), readFileSync(join(folder, "secret.txt"), "utf8")]);

test("an archive that is well is taken and unpacked", async () => {
  const bytes = await tarOf([{ name: "a/link", type: "symlink", linkname: "../good.js" }]);
  writeFileSync(join(folder, "in.tar"), bytes);
  const store = createImageStore(join(folder, "images"));
  expect(await store.take(sha256(bytes), join(folder, "in.tar"))).toMatchObject({ status: "same" });
  await store.unpack(sha256(bytes), join(folder, "inside/out"));
  expect(readFileSync(join(folder, "inside/out/a/link"), "utf8")).toBe("content");
});

test.for(readCases<HostileArchive>(new URL("cases/archives.json", import.meta.url)))(
  "an archive with $name is neither taken nor unpacked",
  async (hostile) => {
    const bytes = await hostileBytes(hostile);
    const digest = sha256(hostile.original ? await tarOf(hostile.entries) : bytes);
    writeFileSync(join(folder, "in.tar"), bytes);
    const store = createImageStore(join(folder, "images"));
    const verdict = await store.take(digest, join(folder, "in.tar"));
    expect(["refused", "differs"]).toContain(verdict.status);
    expect(await store.list()).toEqual([]);
    if (verdict.status === "refused") expect(faultsOfOutput(verdict.because)).toEqual([]);

    // As if it had come in all the same.
    writeFileSync(join(folder, "images", `${digest.slice(7)}.tar`), bytes);
    const before = outside();
    await expect(store.unpack(digest, join(folder, "inside/out"))).rejects.toThrow();
    expect(readdirSync(join(folder, "inside"))).toEqual([]);
    expect(outside()).toBe(before);
  },
);
