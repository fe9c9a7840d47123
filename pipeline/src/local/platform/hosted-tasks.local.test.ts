import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf, environmentOf } from "../../../test/builders.ts";
import { until } from "../../../test/until.ts";
import { runnerResultMarker } from "../../migration/result-marker.ts";
import { HostedTasks } from "./hosted-tasks.ts";
import type { Guard } from "./machine.ts";
import { StateKeeper } from "./state-keeper.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-test-tasks-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noGuard: Guard = { mark: {}, watch: async () => undefined, forget: () => undefined };

async function linesOf(program: string): Promise<readonly string[]> {
  const keeper = await StateKeeper.open(join(folder, "state.json"), environmentOf("dev"), 4_601);
  const tasks = new HostedTasks(keeper, join(folder, "tasks"), noGuard);
  const command = [process.execPath, "-e", program];
  await tasks.start({ key: "one", image: digestOf("image"), command, folder, variables: {}, secrets: [] });
  await until(
    () => tasks.inspect("one"),
    (state) => state?.status === "stopped",
  );
  // How it ended is known before it is on disk.
  await tasks.shutDown();
  const { lines, complete } = await tasks.log("one", 0);
  expect(complete).toBe(true);
  return lines;
}
const marker = JSON.stringify(runnerResultMarker);

/** A runner's result with some thousand applied migrations is as long. */
test.each([16_385, 700_000])("a result of %i characters is kept whole, and other lines are cut", async (length) => {
  const lines = await linesOf(
    `console.log("begun"); console.log("x".repeat(${length})); console.log(${marker} + "x".repeat(${length}));`,
  );
  expect(lines.map((line) => line.length)).toEqual([5, 16_384, runnerResultMarker.length + length]);
});

test("the last result is kept, whatever was said before it", async () => {
  const lines = await linesOf(
    `console.log(${marker} + "an earlier one");
    for (let line = 0; line < 600; line += 1) console.log("x".repeat(20_000));
    for (let number = 0; number < 9; number += 1) console.log(${marker} + number + "y".repeat(900_000));
    console.log(${marker} + "done"); console.log("over");`,
  );
  expect(lines.slice(-2)).toEqual([expect.stringMatching(/^\(the log is longer than/), `${runnerResultMarker}done`]);
  expect(lines.join("\n").length).toBeLessThan(8.1 * 1024 * 1024);
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
  // How it ended is known before it is on disk.
  await tasks.shutDown();
  const { lines } = await tasks.log("one", 0);
  expect(lines[0]).toBe("*** is up");
  expect(JSON.parse(lines[1]?.slice("slipway-result ".length) ?? "")).toEqual({
    applied: [{ name: "0001_items" }],
    failure: { message: "*** failed", statement: "select 1" },
  });
});
