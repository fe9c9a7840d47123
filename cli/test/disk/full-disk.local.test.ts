import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { TinyApp } from "../tiny-app.ts";
import type { Said } from "./disk-world.ts";
import { Namespace } from "./namespace.ts";

countCases("disk-full", "verbs on a disk that is full, filled up half way, or may only be read");

/** Kilobytes that are left: each file takes four at least, so that another write fails. */
const room = process.env.SLIPWAY_DISK === "long" ? [...Array(40).keys()].map((at) => at * 4) : [0, 12, 40, 96];

/** Memory is taken for what is written alone. */
const whole = "size=2g";

let app: TinyApp;
let space: Namespace;
let store = "";
let [first, second] = ["", ""];
const promote = (...argv: readonly string[]): Promise<Said> => space.promote(app.folder, ...argv);

beforeAll(async () => {
  app = await TinyApp.make();
  first = (await app.git("rev-parse", "HEAD")).trim();
  store = join(app.folder, ".slipway");
  space = new Namespace();
  await space.shell(`mkdir ${store} && mount -t tmpfs -o ${whole} none ${store}`);
}, 60_000);
afterAll(async () => {
  await promote("local", "stop", "--purge");
  await space.shell(`umount -l ${store}`);
  space.end();
  await app.remove();
}, 60_000);

async function must(...argv: readonly string[]): Promise<void> {
  const said = await promote(...argv);
  expect(said.exit, `promote ${argv.join(" ")}\n${said.text}`).toBe(0);
}
function refused(said: Said): void {
  expect(said.exit, said.text).not.toBe(0);
  expect(said.exit, said.text).not.toBe(1);
  expect(said.text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
}
async function green(): Promise<void> {
  await must("doctor");
  await must("history", "--verify");
}

/** Leaves so many kilobytes: the disk itself shrinks, and nothing has to be written for that. */
async function fill(kilobytes: number): Promise<void> {
  const used = Number((await space.shell(`df -k --output=used ${store}`)).split("\n")[1]);
  await space.shell(`mount -o remount,size=${Math.max(4, used + kilobytes)}k ${store}`);
}
const empty = (): Promise<string> => space.shell(`mount -o remount,${whole} ${store}`);

/** The call fails on the full disk, the doctor names it, and the same call goes on once there is room. */
async function convergesAfter(kilobytes: number, ...argv: readonly string[]): Promise<void> {
  await fill(kilobytes);
  try {
    const said = await promote(...argv);
    if (said.exit !== 0) {
      refused(said);
      // A heart that could not beat says so; why, the doctor says.
      expect(said.text).toMatch(/ENOSPC|no space left|room on the disk|lease-lost/i);
    }
    const examined = await promote("doctor");
    expect(examined.exit, examined.text).toBe(3);
    expect(examined.text).toContain("make room on the disk");
  } finally {
    await empty();
  }
  await must(...argv);
  await green();
}

describe("a full disk", () => {
  it("is no disk for a build, and the same command goes on", async () => {
    await convergesAfter(0, "build");
  });
  it("is no disk for a platform and its database, and the same command goes on", async () => {
    await convergesAfter(6_000, "--sha", first, "--env", "dev");
    second = await app.commitPages("2");
    await must("build");
  }, 60_000);
  it.each(room)("with %i kB left ends no promotion in a false record", async (kilobytes) => {
    await convergesAfter(kilobytes, "--sha", second, "--env", "dev");
    expect(await app.version("dev").catch(() => "unseen")).toBe(second);
    await convergesAfter(kilobytes, "rollback", "--env", "dev", "--to", first);
  });
});

describe("a disk that may only be read", () => {
  it("is named by every verb that writes, and by the doctor", async () => {
    await space.shell(`mount --bind ${store} ${store} && mount -o remount,bind,ro ${store}`);
    try {
      for (const argv of [
        ["build"],
        ["--sha", second, "--env", "dev"],
        ["rollback", "--env", "dev", "--to", second],
        ["hold", "--env", "dev", "--reason", "a test"],
        ["quarantine", "--sha", second, "--reason", "a test"],
      ]) {
        const said = await promote(...argv);
        refused(said);
        expect(said.text, argv.join(" ")).toMatch(/EROFS|read-only/);
      }
      for (const argv of [["verify", "--sha", second], ["verify", "--env", "dev"], ["history", "--verify"], ["status"]])
        await must(...argv);
      const examined = await promote("doctor");
      expect(examined.exit, examined.text).toBe(3);
      expect(examined.text).toContain("let yourself read and write there");
    } finally {
      await space.shell(`umount -l ${store}`);
    }
    await must("--sha", second, "--env", "dev");
    await green();
  });
});
