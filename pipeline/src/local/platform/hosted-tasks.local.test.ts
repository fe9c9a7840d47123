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
  await tasks.start({ key: "one", image: digestOf("image"), command, folder, variables: {}, secrets: [] });
  await until(
    () => tasks.inspect("one"),
    (state) => state?.status === "stopped",
  );
  const { lines, complete } = await tasks.log("one", 0);
  expect(lines.map((line) => line.length)).toEqual([5, length, 4]);
  expect(complete).toBe(true);
});

test("what a task says is kept without secrets, and the names in a result as they are", async () => {
  const keeper = await StateKeeper.open(join(folder, "state.json"), environmentOf("dev"), 4_601);
  const tasks = new HostedTasks(keeper, join(folder, "tasks"), noGuard);
  const result = {
    applied: [{ name: "0001_items" }],
    failure: { message: "0001_items failed", statement: "select 1" },
  };
  const program = `console.log("0001_items is up"); console.log('slipway-result ' + ${JSON.stringify(JSON.stringify(result))})`;
  const command = [process.execPath, "-e", program];
  const order = { key: "one", image: digestOf("image"), command, folder, variables: {}, secrets: ["0001_items"] };
  await tasks.start(order);
  await until(
    () => tasks.inspect("one"),
    (state) => state?.status === "stopped",
  );
  const { lines } = await tasks.log("one", 0);
  expect(lines[0]).toBe("*** is up");
  expect(JSON.parse(lines[1]?.slice("slipway-result ".length) ?? "")).toEqual({
    applied: [{ name: "0001_items" }],
    failure: { message: "*** failed", statement: "select 1" },
  });
});
