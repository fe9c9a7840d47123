import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { unusedPort } from "../unused-port.ts";
import { openDocker, pushBusybox, stopContainers } from "./docker.ts";
import { writeRegistryConfig } from "./registry-config.ts";

declare module "vitest" {
  /** Where each listens: `http://127.0.0.1:port`. */
  interface ProvidedContext {
    readonly moto: string;
    readonly ministack: string;
    /** For DOCKER_HOST. */
    readonly dockerHost: string;
    /** Of OCI images: anybody may push. */
    readonly registry: string;
    /** The same, for `registryUser` alone. */
    readonly guardedRegistry: string;
    /** Image of a static busybox in the registry: `<registry>/busybox@sha256:…`. */
    readonly busybox: string;
    /** Another image of the same repository. */
    readonly otherBusybox: string;
  }
}
type Part = "moto" | "ministack" | "registry" | "guardedRegistry";

const python = fileURLToPath(new URL("../../../.slipway/test-parts/python/bin/", import.meta.url));
const longestStartMilliseconds = 60_000;

/** Starts the parts that `npm run test:setup` installed, once for all test files; vitest calls what it answers at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-emulators-"));
  const ports = { moto: await unusedPort(), ministack: await unusedPort() };
  const registries = { registry: await unusedPort(), guardedRegistry: await unusedPort() };
  const registry = (name: keyof typeof registries) =>
    writeRegistryConfig(join(folder, name), registries[name], name === "guardedRegistry");
  const docker = await openDocker(join(folder, "docker"));
  const parts: readonly (readonly [part: Part, port: number, child: ChildProcess])[] = [
    ["moto", ports.moto, start(`${python}moto_server`, ["-H", "127.0.0.1", "-p", String(ports.moto)])],
    ["ministack", ports.ministack, start(`${python}ministack`, [], ministackAt(ports.ministack, docker.host))],
    ["registry", registries.registry, start("docker-registry", ["serve", registry("registry")])],
    ["guardedRegistry", registries.guardedRegistry, start("docker-registry", ["serve", registry("guardedRegistry")])],
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(parts.map(([, , child]) => end(child)));
    if (docker.engine) {
      await stopContainers(docker);
      await end(docker.engine);
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(parts.map(([part, port, child]) => answers(part, port, child)));
    const images = await pushBusybox(docker, join(folder, "busybox"), `127.0.0.1:${registries.registry}`);
    project.provide("busybox", images[0] ?? "");
    project.provide("otherBusybox", images[1] ?? "");
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("dockerHost", docker.host);
  for (const [part, port] of parts) project.provide(part, `http://127.0.0.1:${port}`);
  return stop;
}

/** On this machine alone; its brokers listen nowhere. */
const ministackAt = (port: number, dockerHost: string): Readonly<Record<string, string>> => ({
  GATEWAY_PORT: String(port),
  BIND_HOST: "127.0.0.1",
  IOT_MTLS_ENABLED: "0",
  DOCKER_HOST: dockerHost,
});

function start(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8", ...variables };
  // One that cannot be started says so by having no process.
  return spawn(program, args, { env, stdio: "ignore" }).on("error", () => undefined);
}

async function answers(part: Part, port: number, child: ChildProcess): Promise<void> {
  const end = performance.now() + longestStartMilliseconds;
  for (;;) {
    if (child.pid === undefined) throw new Error(`${part} is not installed; run  npm run test:setup`);
    if (child.exitCode !== null) throw new Error(`${part} ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    await answer?.body?.cancel();
    if (answer) return;
    if (performance.now() > end) throw new Error(`${part} does not answer on ${port}`);
    await delay(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(impatient);
}
