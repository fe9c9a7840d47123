import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { SealedFolder } from "./sealed-folder.ts";

const megabyte = 1024 * 1024;
let folder = "";
let sealFile = "";
beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "slipway-test-sealed-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  folder = join(root, "files");
  sealFile = join(root, "seal");
  await mkdir(join(folder, "data"), { recursive: true });
  await writeFile(join(folder, "data/cache.txt"), "one");
  await writeFile(join(folder, "server.js"), "x".repeat(2 * megabyte));
  await SealedFolder.seal(folder, sealFile);
});

async function open(): Promise<SealedFolder> {
  const sealed = await SealedFolder.open(folder, sealFile);
  if (!sealed) throw new Error("it was not sealed");
  return sealed;
}

test.for(["data/cache.txt", "server.js"])("names %s when it was changed", async (path) => {
  await writeFile(join(folder, path), "two");
  expect(await (await open()).edited()).toMatchObject({ path, digest: expect.stringMatching(/^sha256:/) });
});

test("a look is good for a while, but not for what is asked of a later moment", async () => {
  const sealed = await open();
  expect(await sealed.edited()).toBeNull();
  await writeFile(join(folder, "data/cache.txt"), "two");
  expect(await sealed.edited()).toBeNull();
  expect(await sealed.edited(performance.now())).toMatchObject({ path: "data/cache.txt" });
});

test("files that were touched and are the same are hashed once, and not again by whoever opens the folder next", async () => {
  const before = await readFile(sealFile, "utf8");
  for (const path of ["data/cache.txt", "server.js"]) await chmod(join(folder, path), 0o444);
  expect(await (await open()).edited()).toBeNull();
  const after = await readFile(sealFile, "utf8");
  expect(after).not.toBe(before);
  await SealedFolder.seal(folder, sealFile);
  expect(after).toBe(await readFile(sealFile, "utf8"));
});
