import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identify } from "../guard/process-identity.ts";
import { becomeOwner, ownerOf } from "./single-owner.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-test-owner-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const dead = JSON.stringify({ pid: process.pid, startedAt: "before this process" });

test("the first becomes the owner, and nobody while it lives", async () => {
  expect(await becomeOwner(folder)).toMatchObject({ pid: process.pid });
  expect(await becomeOwner(folder)).toBeNull();
  expect(await ownerOf(folder)).toMatchObject({ pid: process.pid });
});

test("a dead owner is followed, also one whose number another process has by now", async () => {
  await writeFile(join(folder, "owner.0000000007"), dead);
  expect(await becomeOwner(folder)).toMatchObject({ pid: process.pid });
  expect(await readdir(folder)).toEqual(["owner.0000000008"]);
});

test.runIf(process.platform === "linux")(
  "an owner that recorded its ticks alone, as once was done, lives",
  async () => {
    const startedAt = (await identify(process.pid))?.startedAt.split(" ").at(-1);
    await writeFile(join(folder, "owner.0000000007"), JSON.stringify({ pid: process.pid, startedAt }));
    expect(await becomeOwner(folder)).toBeNull();
  },
);

test("a mark that was cut short belongs to nobody", async () => {
  await writeFile(join(folder, "owner.0000000001"), '{"pid":');
  expect(await becomeOwner(folder)).toMatchObject({ pid: process.pid });
});

test("of many that find the same dead owner, one follows it", async () => {
  await writeFile(join(folder, "owner.0000000001"), dead);
  const answers = await Promise.all(Array.from({ length: 20 }, () => becomeOwner(folder)));
  expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
});
