import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { identify } from "../guard/process-identity.ts";
import { platformFolders } from "../platform/folders.ts";
import { examinePlatform } from "./examine-platform.ts";

test("a platform that could not start, and is just going away, is none", async () => {
  const root = mkdtempSync(join(tmpdir(), "slipway-examine-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const { state } = platformFolders(root);
  mkdirSync(state, { recursive: true });
  const failing = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 1000)"], { stdio: "ignore" });
  const owner = await identify(failing.pid ?? 0);
  expect(owner).not.toBeNull();
  writeFileSync(join(state, "owner.0000000001"), JSON.stringify(owner));
  expect(await examinePlatform(root)).toEqual([]);
});
