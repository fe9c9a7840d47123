import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
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

test.runIf(process.platform === "linux").each(["--purge", null])(
  "so is it where another start has failed for its port in between: local stop %s",
  async (flag) => {
    expect((await app.promote("local", "start")).exit).toBe(0);
    const { document } = await app.promote("local", "status", "--json");
    const pids: readonly number[] = [document.platform.pid, document.platform.postgres.pid];
    await rm(join(app.folder, ".slipway"), { recursive: true, force: true });
    expect((await app.promote("local", "start")).exit).not.toBe(0);
    // Whoever fails to start ends nothing but what it has started.
    expect(pids.filter(isAlive)).toEqual(pids);
    const stop = await app.promote("local", "stop", ...(flag === null ? [] : [flag]));
    expect(stop).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("Done: the platform of this machine is stopped"),
    });
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  },
  60_000,
);

test.runIf(process.platform === "linux")(
  "what answers in the name of a lost platform and is none of this folder is left alone",
  async () => {
    const stranger = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 60000)"], { stdio: "ignore" });
    const other = await TinyApp.make();
    const key = createHash("sha256").update(app.folder).digest("hex").slice(0, 12);
    const [fake, link] = [join("/tmp", `slipway-${key}-fake`), join("/tmp", `slipway-${key}-link`)];
    await mkdir(fake, { mode: 0o700 });
    const server = createServer((_, response) => {
      response.end(JSON.stringify({ status: "ok", value: { pid: stranger.pid } }));
    });
    await new Promise<void>((resolve) => server.listen(join(fake, "control"), resolve));
    try {
      expect((await other.promote("local", "start")).exit).toBe(0);
      const { document } = await other.promote("local", "status", "--json");
      const { socket } = JSON.parse(await readFile(join(other.folder, ".slipway/platform/platform.json"), "utf8"));
      await symlink(dirname(socket), link);
      const stop = await app.promote("local", "stop");
      expect(stop.stderr).toContain("Same: the platform of this machine did not run");
      expect([stranger.pid, document.platform.pid].filter((pid) => isAlive(pid ?? 0))).toHaveLength(2);
    } finally {
      stranger.kill("SIGKILL");
      server.close();
      await rm(fake, { recursive: true, force: true });
      await rm(link, { force: true });
      await other.remove();
    }
  },
  60_000,
);
