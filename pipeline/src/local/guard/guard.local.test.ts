import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { removePostgres } from "../postgres/postgres.ts";
import { startGuard } from "./guard.ts";
import { hasLivingMember } from "./process-group.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { terminate } from "./terminate.ts";

const forever = "setInterval(() => {}, 1000)";
/** Ignores SIGTERM, and has a child of its own in its group. */
const stubborn = `process.on("SIGTERM", () => {});
  require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(forever)}]);
  ${forever}; console.log("up");`;

async function aProcess(script = forever): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const child = spawn(process.execPath, ["-e", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => killGroup(child.pid));
  if (script.includes("console.log")) await once(child.stdout, "data");
  const identity = child.pid === undefined ? null : await identify(child.pid);
  if (identity === null) throw new Error("it did not start");
  return { child, identity };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // over already: what the tests are about
  }
}

/** Runs as a process of its own, prints one line of JSON, and is killed by the test. */
async function anOwner(script: string): Promise<{ child: ChildProcess; said: unknown }> {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const imports = `import { startGuard } from ${url("./guard.ts")}; import { identify } from ${url("./process-identity.ts")};
    import { startPostgres } from ${url("../postgres/postgres.ts")}; import { spawn } from "node:child_process";`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", imports + script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, said: JSON.parse(line) };
}

async function ends(identity: ProcessIdentity, withinMilliseconds: number): Promise<boolean> {
  const deadline = performance.now() + withinMilliseconds;
  while (performance.now() < deadline) {
    if (!(await isAlive(identity))) return true;
    await sleep(10);
  }
  return false;
}

test("a killed owner leaves neither its services, nor their children, nor its guard", async () => {
  const { child, said } = await anOwner(`
    const guard = await startGuard();
    const service = spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => service.stdout.once("data", resolve));
    await guard.watch({ pid: service.pid, group: true, signals: ["SIGTERM"], graceMilliseconds: 300 });
    console.log(JSON.stringify([await identify(service.pid), await identify(guard.pid)]));
    setInterval(() => {}, 1000);`);
  const [service, guard] = said as [ProcessIdentity, ProcessIdentity];
  expect(await isAlive(service)).toBe(true);
  child.kill("SIGKILL");
  expect(await ends(service, 5_000)).toBe(true);
  expect(await ends(guard, 5_000)).toBe(true);
  expect(await hasLivingMember(service.pid)).toBe(false);
});

test("a killed owner leaves no Postgres", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "slipway-test-guard-"));
  onTestFinished(async () => {
    await removePostgres(stateFolder);
    await rm(stateFolder, { recursive: true, force: true });
  });
  const { child, said } = await anOwner(`
    const guard = await startGuard();
    const postgres = await startPostgres({ stateFolder: ${JSON.stringify(stateFolder)}, guard, fsync: false });
    console.log(JSON.stringify(await identify(postgres.pid)));
    setInterval(() => {}, 1000);`);
  child.kill("SIGKILL");
  expect(await ends(said as ProcessIdentity, 5_000)).toBe(true);
});

test("a guard that was killed is replaced and knows what to watch", async () => {
  const { child, said } = await anOwner(`
    const guard = await startGuard();
    const service = spawn(process.execPath, ["-e", ${JSON.stringify(forever)}], { detached: true, stdio: "ignore" });
    await guard.watch({ pid: service.pid, group: true, signals: ["SIGTERM"] });
    const first = guard.pid;
    process.kill(first, "SIGKILL");
    while (guard.pid === first) await new Promise((resolve) => setTimeout(resolve, 5));
    await guard.watch({ pid: service.pid, group: true, signals: ["SIGTERM"] });
    console.log(JSON.stringify(await identify(service.pid)));
    setInterval(() => {}, 1000);`);
  child.kill("SIGKILL");
  expect(await ends(said as ProcessIdentity, 5_000)).toBe(true);
});

test("disposing ends what is watched and spares what was forgotten", async () => {
  const watched = await aProcess();
  const forgotten = await aProcess();
  const guard = await startGuard();
  for (const { identity } of [watched, forgotten]) {
    await guard.watch({ pid: identity.pid, group: true, signals: ["SIGTERM"] });
  }
  guard.forget(forgotten.identity.pid);
  await guard[Symbol.asyncDispose]();
  expect(await isAlive(watched.identity)).toBe(false);
  expect(await isAlive(forgotten.identity)).toBe(true);
});

test("a process that has got the number of a watched one is left alone", async () => {
  const { identity } = await aProcess();
  for (const group of [true, false]) {
    await terminate({ ...identity, startedAt: "1", group, signals: ["SIGKILL"], graceMilliseconds: 10 });
  }
  expect(await isAlive(identity)).toBe(true);
  await terminate({ ...identity, group: true, signals: ["SIGTERM"], graceMilliseconds: 1_000 });
  expect(await isAlive(identity)).toBe(false);
});

test.runIf(process.platform === "linux")(
  "a process whose ticks alone were recorded, as once was done, is ended",
  async () => {
    const { identity } = await aProcess();
    const startedAt = identity.startedAt.split(" ").at(-1) ?? "";
    await terminate({ ...identity, startedAt, group: true, signals: ["SIGTERM"], graceMilliseconds: 1_000 });
    expect(await isAlive(identity)).toBe(false);
  },
);

test("a zombie, a stranger's number and nonsense are nobody", async () => {
  expect(await identify(2 ** 22 + 1)).toBeNull();
  expect(await identify(-1)).toBeNull();
  expect(await identify(Number.NaN)).toBeNull();
  expect(await isAlive({ pid: process.pid, startedAt: "0" })).toBe(false);
});

test("what a killed owner had started, and not yet named, ends as well; in good order it may stay", async () => {
  const { child: owner, said } = await anOwner(`
    const guard = await startGuard();
    const child = spawn(process.execPath, ["-e", ${JSON.stringify(forever)}], { detached: true, stdio: "ignore", env: { ...process.env, ...guard.mark } });
    console.log(JSON.stringify(await identify(child.pid)));
  `);
  owner.kill("SIGKILL");
  expect(await ends(said as ProcessIdentity, 5_000)).toBe(process.platform === "linux");

  const guard = await startGuard();
  const kept = spawn(process.execPath, ["-e", forever], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, ...guard.mark },
  });
  onTestFinished(() => killGroup(kept.pid));
  await guard[Symbol.asyncDispose]();
  expect(await identify(kept.pid ?? 0)).not.toBeNull();
});
