import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where each listens. */
    readonly moto: string;
    readonly ministack: string;
  }
}

const programs = fileURLToPath(new URL("../../../.slipway/test-parts/python/bin/", import.meta.url));
const longestStartMilliseconds = 60_000;

/** Starts the emulators of AWS that `npm run test:setup` installed, once for all test files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [moto, ministack] = [await freePort(), await freePort()];
  const started = [
    start("moto_server", ["-H", "127.0.0.1", "-p", String(moto)], {}),
    start("ministack", [], { GATEWAY_PORT: String(ministack), MINISTACK_HOST: "127.0.0.1" }),
  ];
  const stop = async (): Promise<void> => void (await Promise.all(started.map(end)));
  try {
    await Promise.all([moto, ministack].map((port, index) => answers(port, started[index] as ChildProcess)));
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("moto", `http://127.0.0.1:${moto}`);
  project.provide("ministack", `http://127.0.0.1:${ministack}`);
  return stop;
}

function start(name: string, args: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
  const program = `${programs}${name}`;
  if (!existsSync(program)) throw new Error(`${name} is not installed; run  npm run test:setup`);
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", ...variables };
  return spawn(program, args, { env, stdio: "ignore" });
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const end = performance.now() + longestStartMilliseconds;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    await answer?.body?.cancel();
    if (answer) return;
    if (performance.now() > end) throw new Error(`${child.spawnfile} does not answer on ${port}`);
    await delay(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(impatient);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
