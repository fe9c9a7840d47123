import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { livingAddress } from "../platform/address.ts";
import { identify, isAlive, sameStart } from "./process-identity.ts";

const boot = "7a1e0c52-8d4f-4f7e-9a41-3c1f2b6d9e10 pid:[4026531836]";

test("ticks alone, as they were recorded once, mean the process with these ticks and no other", () => {
  expect(sameStart({ startedAt: "4711" }, { startedAt: `${boot} 4711` })).toBe(true);
  expect(sameStart({ startedAt: "711" }, { startedAt: `${boot} 4711` })).toBe(false);
  expect(sameStart({ startedAt: "" }, { startedAt: `${boot} 4711` })).toBe(false);
});

test("another boot is another process, whatever its ticks, and so is another date", () => {
  expect(sameStart({ startedAt: `other ${boot} 4711` }, { startedAt: `${boot} 4711` })).toBe(false);
  expect(sameStart({ startedAt: "Nov 21 10:00:00 2026" }, { startedAt: "Sat Nov 21 10:00:00 2026" })).toBe(false);
});

test.runIf(process.platform === "linux")("a platform that was started before boots were told apart lives", async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-identity-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const startedAt = (await identify(process.pid))?.startedAt.split(" ").at(-1) ?? "";
  const old = { version: 1, pid: process.pid, startedAt, socket: "/nowhere" };
  await writeFile(join(folder, "platform.json"), JSON.stringify(old));
  expect(await isAlive(old)).toBe(true);
  expect(await livingAddress(join(folder, "platform.json"))).toEqual(old);
});
