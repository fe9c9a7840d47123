import { describe, expect, test } from "vitest";
import type { Permit, TaskOrder, TaskRunner, TaskState } from "../../src/ports.ts";
import { until } from "../until.ts";

export interface TaskWorld {
  readonly tasks: TaskRunner;
  readonly permit: Permit;
  /**
   * An order with a key of its own, for a program that prints `hello` and its variable `WORD`, one line each, and then does
   * as it is told: `well` ends with 0, `ill` with 4, `long` runs until it is stopped.
   */
  order(does: "well" | "ill" | "long"): Promise<TaskOrder>;
}

/** What every runner of one-off tasks has to do. */
export function taskRunnerContract(name: string, open: () => Promise<TaskWorld>): void {
  const stopped = (world: TaskWorld, key: string) =>
    until(
      () => world.tasks.inspect(key),
      (state): state is Extract<TaskState, { status: "stopped" }> => state?.status === "stopped",
      60,
    );

  describe(`${name} as a runner of tasks`, () => {
    test("answers null for a key that was never started", async () => {
      const world = await open();
      expect(await world.tasks.inspect((await world.order("well")).key)).toBeNull();
    });

    test.for([
      { does: "well", exitCode: 0 },
      { does: "ill", exitCode: 4 },
    ] as const)("tells exit code $exitCode of a task that ends $does", async ({ does, exitCode }) => {
      const world = await open();
      const order = await world.order(does);
      expect(await world.tasks.start(order, world.permit)).toEqual({ status: "started" });
      const state = await stopped(world, order.key);
      expect(state?.status === "stopped" && state.containers.map((container) => container.exitCode)).toEqual([
        exitCode,
      ]);
    });

    test("gives the whole log in order, from any line, and says when it is complete", async () => {
      const world = await open();
      const order = { ...(await world.order("well")), environment: { WORD: "Wörld" } };
      await world.tasks.start(order, world.permit);
      await stopped(world, order.key);
      const whole = await until(
        () => world.tasks.log(order.key, 0),
        ({ complete }) => complete,
      );
      expect(whole.lines).toEqual(["hello", "Wörld"]);
      expect(await world.tasks.log(order.key, 1)).toEqual({ lines: ["Wörld"], complete: true });
    });

    test("never starts a second task under one key", async () => {
      const world = await open();
      const order = await world.order("well");
      await Promise.all([world.tasks.start(order, world.permit), world.tasks.start(order, world.permit)]);
      await stopped(world, order.key);
      await world.tasks.start(order, world.permit);
      expect((await world.tasks.inspect(order.key))?.status).toBe("stopped");
      expect((await world.tasks.log(order.key, 0)).lines).toHaveLength(2);
    });

    test("stops a task that runs, and is not asked twice for nothing", async () => {
      const world = await open();
      const order = await world.order("long");
      await world.tasks.start(order, world.permit);
      await until(
        () => world.tasks.inspect(order.key),
        (state) => state?.status === "running",
      );
      await world.tasks.stop(order.key, world.permit);
      const state = await stopped(world, order.key);
      expect(state?.status === "stopped" && state.containers[0]?.exitCode).not.toBe(0);
      await world.tasks.stop(order.key, world.permit);
    });
  });
}
