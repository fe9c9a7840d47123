import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const longestStartMilliseconds = 60_000;

export interface Docker {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Null: an engine that was there already. */
  readonly engine: ChildProcess | null;
  docker(...args: readonly string[]): Promise<string>;
}

/** The engine that DOCKER_HOST or the usual socket leads to; where there is none, one of our own, which only root may start. */
export async function openDocker(folder: string): Promise<Docker> {
  const usual = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const there = clientOf(usual, null);
  if (await answers(there)) return there;
  await mkdir(folder, { recursive: true });
  const host = `unix://${join(folder, "docker.sock")}`;
  const own = ["data-root", "exec-root"].map((name) => `--${name}=${join(folder, name)}`);
  const engine = spawn("dockerd", [`--host=${host}`, `--pidfile=${join(folder, "pid")}`, ...own], {
    stdio: "ignore",
  }).on("error", () => undefined);
  const docker = clientOf(host, engine);
  const end = performance.now() + longestStartMilliseconds;
  while (!(await answers(docker))) {
    if (engine.pid === undefined) throw new Error("dockerd is not installed; run  npm run test:setup");
    if (engine.exitCode !== null) throw new Error(`dockerd ended with ${engine.exitCode}; only root may start it`);
    if (performance.now() > end) throw new Error("dockerd does not answer");
    await delay(200);
  }
  return docker;
}

function clientOf(host: string, engine: ChildProcess | null): Docker {
  const env = { ...process.env, DOCKER_HOST: host };
  return { host, engine, docker: async (...args) => (await run("docker", args, { env })).stdout.trim() };
}

const answers = ({ docker }: Docker): Promise<boolean> =>
  docker("info", "--format", "{{.ID}}").then(
    () => true,
    () => false,
  );

/** Two images of a static busybox alone, pushed to a registry: `<registry>/busybox@sha256:…`. No image can be pulled where tests run. */
export async function pushBusybox({ docker }: Docker, folder: string, registry: string): Promise<readonly string[]> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await cp("/bin/busybox", join(bin, "busybox"));
  for (const name of ["sh", "echo", "sleep"]) await symlink("busybox", join(bin, name));
  const tar = `${folder}.tar`;
  await run("tar", ["-C", folder, "-cf", tar, "."]);
  const pushed: string[] = [];
  for (const version of ["1", "2"]) {
    const name = `${registry}/busybox`;
    await docker("import", "--change", `ENV VERSION=${version}`, tar, `${name}:${version}`);
    await docker("push", "--quiet", `${name}:${version}`);
    const digests: string[] = JSON.parse(
      await docker("inspect", "--format", "{{json .RepoDigests}}", `${name}:${version}`),
    );
    const found = digests.find((digest) => digest.startsWith(`${name}@`));
    if (found === undefined) throw new Error(`${name}:${version} was pushed and has no digest`);
    pushed.push(found);
  }
  return pushed;
}

/** What still runs keeps the engine's folder busy. */
export async function stopContainers({ docker }: Docker): Promise<void> {
  const running = (await docker("ps", "--quiet")).split("\n").filter((id) => id !== "");
  if (running.length > 0) await docker("rm", "--force", ...running);
}
