import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { sha256 } from "../release/canonical-json.ts";
import { createImageStore } from "./image-store.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const bytes = new TextEncoder().encode("a tar");
const digest = sha256(bytes);
const hex = digest.slice(7);

/** One image, written ten days ago. */
function anOldImage() {
  const folder = mkdtempSync(join(tmpdir(), "cellar-"));
  folders.push(folder);
  const tar = join(folder, `${hex}.tar`);
  writeFileSync(tar, bytes);
  const tenDaysAgo = Date.now() / 1000 - 10 * 86_400;
  utimesSync(tar, tenDaysAgo, tenDaysAgo);
  return { folder, tar, store: createImageStore(folder) };
}
async function onlyOne(store: ReturnType<typeof createImageStore>) {
  const [image, ...others] = await store.cellar.list();
  if (!image || others.length > 0) throw new Error("not one image");
  return image;
}

test("an image is listed with its age and size, and removed", async () => {
  const { store, folder } = anOldImage();
  const image = await onlyOne(store);
  expect(image).toMatchObject({ digest, bytes: bytes.length });
  expect(Math.round(image.ageMilliseconds / 86_400_000)).toBe(10);
  expect(await store.cellar.remove(image)).toBe("removed");
  expect(readdirSync(folder)).toEqual([]);
  expect(await store.cellar.remove(image)).toBe("conflict");
});

test("an image that was built again meanwhile stays, were it the same bytes", async () => {
  const { store } = anOldImage();
  const image = await onlyOne(store);
  const tar = await store.temporary();
  writeFileSync(tar, bytes);
  await store.adopt(tar, digest);
  expect(await store.cellar.remove(image)).toBe("conflict");
  expect((await onlyOne(store)).ageMilliseconds).toBeLessThan(60_000);
});

test("an image that was taken from a built folder again is as young as that", async () => {
  const { store } = anOldImage();
  const image = await onlyOne(store);
  expect(await store.take(digest, "/nowhere")).toMatchObject({ status: "same" });
  expect(await store.cellar.remove(image)).toBe("conflict");
  expect((await onlyOne(store)).ageMilliseconds).toBeLessThan(60_000);
});

test("what a collector that was killed had moved aside is there again, and a newer one is left alone", async () => {
  const { store, folder, tar } = anOldImage();
  const aside = join(folder, `.${hex}.00000000-0000-4000-8000-000000000000.leaving`);
  renameSync(tar, aside);
  expect((await onlyOne(store)).digest).toBe(digest);
  expect(readdirSync(folder)).toEqual([`${hex}.tar`]);
  renameSync(tar, aside);
  writeFileSync(tar, bytes);
  expect((await onlyOne(store)).ageMilliseconds).toBeLessThan(60_000);
  expect(readdirSync(folder)).toEqual([`${hex}.tar`]);
});

test("what a collector that was killed had moved aside is there for whoever looks first", async () => {
  const image = { repository: "local", digest, platform: "linux/amd64", bytes: bytes.length };
  const looks = [
    (store: ReturnType<typeof createImageStore>) => store.has(digest),
    async (store: ReturnType<typeof createImageStore>) => (await store.check(digest)).status === "same",
    async (store: ReturnType<typeof createImageStore>) => (await store.verify(image)).status === "same",
    async (store: ReturnType<typeof createImageStore>) => (await store.keep(image)) === "kept",
    async (store: ReturnType<typeof createImageStore>) => (await store.list()).includes(digest),
    async (store: ReturnType<typeof createImageStore>) => (await store.take(digest, "/nowhere")).status === "same",
  ];
  for (const [at, isThere] of looks.entries()) {
    const { store, folder, tar } = anOldImage();
    renameSync(tar, join(folder, `.${hex}.00000000-0000-4000-8000-000000000000.leaving`));
    expect(await isThere(store), `look ${at}`).toBe(true);
    expect(readdirSync(folder)).toEqual([`${hex}.tar`]);
  }
});

test("an image that is kept is as young as that, and one that is gone is not kept", async () => {
  const { store } = anOldImage();
  const kept = { repository: "local", digest, platform: "linux/amd64", bytes: bytes.length };
  const image = await onlyOne(store);
  expect(await store.keep(kept)).toBe("kept");
  expect(await store.cellar.remove(image)).toBe("conflict");
  const young = await onlyOne(store);
  expect(young.ageMilliseconds).toBeLessThan(60_000);
  expect(await store.cellar.remove(young)).toBe("removed");
  expect(await store.keep(kept)).toBe("missing");
});
