import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { markVariable } from "../guard/sweep.ts";
import type { Guard } from "./machine.ts";
import { RecordedProcesses } from "./recorded-processes.ts";

/** A guard whose process was killed together with its platform: it ends nothing. */
const deadGuard = (mark: string): Guard => ({
  mark: { [markVariable]: mark },
  watch: async () => undefined,
  forget: () => undefined,
});

async function aService(guard: Guard): Promise<{ readonly pid: number; readonly ended: Promise<unknown> }> {
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => undefined, 1000)"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...guard.mark },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit").then(([, signal]) => signal);
  await once(child.stdout, "data");
  return { pid: child.pid ?? 0, ended };
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-processes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("ends what the last platform ran when it was killed together with its guard", async () => {
  const folder = await aFolder();
  const last = new RecordedProcesses(folder, deadGuard("last"));
  await last.endLeftovers();
  const service = await aService(last);
  await last.watch({ pid: service.pid, group: true, signals: ["SIGTERM"] });
  await new RecordedProcesses(folder, deadGuard("next")).endLeftovers();
  expect(await service.ended).toBe("SIGTERM");
  expect(await readdir(folder)).toEqual(["mark"]);
});

test.runIf(process.platform === "linux")("ends what it had not yet recorded, and nothing of anybody else", async () => {
  const folder = await aFolder();
  const last = new RecordedProcesses(folder, deadGuard("last"));
  await last.endLeftovers();
  const [unrecorded, others] = await Promise.all([aService(last), aService(deadGuard("other"))]);
  await new RecordedProcesses(folder, deadGuard("next")).endLeftovers();
  expect(await unrecorded.ended).toBe("SIGKILL");
  expect(process.kill(others.pid, 0)).toBe(true);
});
