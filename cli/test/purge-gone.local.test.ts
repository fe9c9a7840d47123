import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TinyApp } from "./tiny-app.ts";

let app: TinyApp;
beforeAll(async () => {
  app = await TinyApp.make();
}, 60_000);
afterAll(() => app.remove(), 60_000);

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

test("a purge where nothing is stored says so, and makes nothing", async () => {
  const { exit, stderr } = await app.promote("local", "stop", "--purge");
  expect({ exit, stderr }).toEqual({
    exit: 0,
    stderr: expect.stringContaining("Same: nothing to purge: the platform of this machine did not run"),
  });
  expect(existsSync(join(app.folder, ".slipway"))).toBe(false);
});

test.runIf(process.platform === "linux").each(["--purge", null])(
  "where somebody removed .slipway while the platform ran, it is found and stopped all the same: local stop %s",
  async (flag) => {
    const started = await app.promote("local", "start", "--json");
    expect(started.exit).toBe(0);
    const { document } = await app.promote("local", "status", "--json");
    const pids: readonly number[] = [document.platform.pid, document.platform.postgres.pid];
    expect(pids.filter(isAlive)).toEqual(pids);
    await rm(join(app.folder, ".slipway"), { recursive: true, force: true });
    const stop = await app.promote("local", "stop", ...(flag === null ? [] : [flag]));
    expect(stop).toMatchObject({ exit: 0 });
    expect(stop.stderr).toContain("Done: the platform of this machine is stopped, with all it ran");
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
    const again = await app.promote("local", "stop", "--purge", "--json");
    expect(again).toMatchObject({ exit: 0, document: { stopped: false, purged: true, told: [], untold: [] } });
  },
  60_000,
);
