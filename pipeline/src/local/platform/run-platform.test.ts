import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { platformVersion } from "./run-platform.ts";

test("the platform says the version of its package", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  expect(platformVersion).toBe(manifest.version);
});
