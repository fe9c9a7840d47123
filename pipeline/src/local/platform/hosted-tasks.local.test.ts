import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf, environmentOf } from "../../../test/builders.ts";
import { until } from "../../../test/until.ts";
import { HostedTasks } from "./hosted-tasks.ts";
import type { Guard } from "./machine.ts";
import { StateKeeper } from "./state-keeper.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-test-tasks-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noGuard: Guard = { mark: {}, watch: async () => undefined, forget: () => undefined };

/** A runner's result with some thousand applied migrations is as long. */
test.each([16_385, 700_000])("a line of %i characters of a task is kept whole", async (length) => {
  const keeper = await StateKeeper.open(join(folder, "state.json"), environmentOf("dev"), 4_601);
  const tasks = new HostedTasks(keeper, join(folder, "tasks"), noGuard);
  const program = `console.log("begun"); console.log("x".repeat(${length})); console.log("over")`;
  const command = [process.execPath, "-e", program];
  await tasks.start({ key: "one", image: digestOf("image"), command, folder, variables: {} });
  await until(
    () => tasks.inspect("one"),
    (state) => state?.status === "stopped",
  );
  const { lines, complete } = await tasks.log("one", 0);
  expect(lines.map((line) => line.length)).toEqual([5, length, 4]);
  expect(complete).toBe(true);
});
