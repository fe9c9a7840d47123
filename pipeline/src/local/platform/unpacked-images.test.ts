import { mkdir, mkdtemp, readdir, type rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { UnpackedImages } from "./unpacked-images.ts";

// A folder below that may not be written to; whoever is root may remove even that.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const stuckOrGone: typeof rm = async (path, options) => {
    if (String(path).includes("stuck")) throw new Error("EACCES: permission denied");
    return real.rm(path, options);
  };
  return { ...real, rm: stuckOrGone };
});

test("what cannot be swept away is said, and the rest is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-images-"));
  const { rm: reallyRemove } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
  onTestFinished(() => reallyRemove(folder, { recursive: true, force: true }));
  for (const name of ["1.stuck.edited", "2.edited", "3.tmp", "kept"]) await mkdir(join(folder, name));
  const said: string[] = [];
  const images = new UnpackedImages(folder, { has: async () => false, unpack: async () => undefined });
  await images.sweep((line) => said.push(line));
  expect((await readdir(folder)).toSorted()).toEqual(["1.stuck.edited", "kept"]);
  expect(said).toEqual([expect.stringMatching(/1\.stuck\.edited.* cannot be removed: Error: EACCES/)]);
});
