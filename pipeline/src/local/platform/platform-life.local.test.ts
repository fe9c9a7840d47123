import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { environmentOf, serviceOf } from "../../../test/builders.ts";
import { permitOf, usePlatform } from "../../../test/platform-fixture.ts";
import { ask } from "../../../test/request-stream.ts";
import { tinyService, tinyShape } from "../../../test/tiny-service.ts";
import { until } from "../../../test/until.ts";
import { DeposedError, PortError, UserError } from "../../errors.ts";
import { proves } from "../../promotion/judge-rollout.ts";
import { identify } from "../guard/process-identity.ts";
import { platformStatus, startPlatform } from "../platform-control.ts";
import { livingAddress } from "./address.ts";

const platform = usePlatform();
const api = serviceOf("api");

/** Commands of every process that was started from this platform's folder. */
const processesOf = (root: string): readonly string[] =>
  execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(root));

async function serve(digits: string, epoch: number) {
  const { services } = await platform.ports();
  const files = tinyService();
  // The folder's name in the arguments makes the processes of this test findable.
  const shape = tinyShape({ run: ["node", "server.cjs", platform.root] });
  const revision = await platform.revision(digits, await platform.image(files));
  await services.roll(shape, revision, permitOf(epoch));
  await until(
    () => services.inspect(api),
    (look) => proves(look, revision) && look.rollout?.phase === "drained",
  );
  return revision;
}

async function killPlatform(): Promise<void> {
  const { pid } = await platform.status();
  process.kill(pid, "SIGKILL");
  await until(
    () => identify(pid),
    (found) => found === null,
  );
}

test("leaves no process behind when it is killed, and a new start runs what was wanted", async () => {
  const revision = await serve("b1", 1);
  expect(processesOf(platform.root).length).toBeGreaterThan(1);
  await killPlatform();
  await until(
    () => processesOf(platform.root),
    (left) => left.length === 0,
  );
  expect((await ask(`${platform.url}/version`)).status).toBe(0);
  expect(await platform.start()).toMatchObject({ started: true });
  const { services } = await platform.ports();
  const look = await until(
    () => services.inspect(api),
    (it) => proves(it, revision),
  );
  expect(look.wanted).toEqual(revision);
  expect(await ask(`${platform.url}/version`)).toMatchObject({ status: 200, body: revision.sha });
});

test("goes on with a rollout that was under way when it was killed", async () => {
  await serve("b2", 2);
  const { services } = await platform.ports();
  const next = await platform.revision("b3", await platform.image(tinyService("well")));
  await services.roll(tinyShape(), next, permitOf(2));
  const ordered = await services.inspect(api);
  await killPlatform();
  await platform.start();
  const look = await until(
    () => services.inspect(api),
    (it) => proves(it, next) && it.rollout?.phase === "drained",
  );
  expect(look.rollout?.id).toBe(ordered.rollout?.id);
});

test("never runs a task again that was under way when it was killed, and says that nobody knows how it ended", async () => {
  const { tasks } = await platform.ports();
  const trace = join(platform.root, "trace.txt");
  const program = `require("node:fs").appendFileSync(${JSON.stringify(trace)}, "ran\\n"); setInterval(() => 0, 1000);`;
  const order = {
    key: "migrate-7-1",
    image: await platform.image({ "task.cjs": program }),
    command: ["node", "task.cjs"],
    template: await platform.template(),
    environment: {},
  };
  await tasks.start(order, permitOf(7));
  await until(
    () => existsSync(trace),
    (isThere) => isThere,
  );
  await killPlatform();
  await platform.start();
  expect(await tasks.start(order, permitOf(7))).toEqual({ status: "started" });
  expect(await tasks.inspect(order.key)).toEqual({
    status: "stopped",
    because: "the platform ended while this task was under way",
    containers: [{ name: "task", exitCode: null }],
  });
  expect(await readFile(trace, "utf8")).toBe("ran\n");
});

test("refuses an order of an epoch below the fence, also after a restart", async () => {
  const revision = await serve("b8", 10);
  const ports = await platform.ports();
  await ports.raiseFence(permitOf(12));
  await platform.stop();
  await platform.start();
  const late = await platform.revision("b9", revision.image);
  await expect(ports.services.roll(tinyShape(), late, permitOf(11))).rejects.toThrow(DeposedError);
  await expect(ports.services.retire(api, permitOf(11))).rejects.toMatchObject({ by: 12 });
  expect(await ports.web.switchTo(null, permitOf(11))).toBe("moved");
  expect((await ports.services.inspect(api)).wanted).toEqual(revision);
});

test("is one platform however often it is started at once", async () => {
  await platform.stop();
  const starts = await Promise.all([platform.start(), platform.start(), platform.start()]);
  expect(new Set(starts.map(({ pid }) => pid)).size).toBe(1);
  expect((await platform.status()).pid).toBe(starts[0]?.pid);
});

test("names the port that another program has, and changes nothing", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  try {
    const start = startPlatform({ root: platform.root, environments: [{ name: environmentOf("dev"), port }] });
    await expect(start).rejects.toThrow(UserError);
    await expect(start).rejects.toMatchObject({ code: "port-taken", message: expect.stringContaining(String(port)) });
    expect((await platform.status()).environments.map(({ env }) => env)).toEqual(["staging"]);
  } finally {
    other.close();
  }
});

test("tells what runs, how often it was restarted and what it takes", async () => {
  const revision = await serve("ba", 20);
  const status = await platform.status();
  expect(status.uptimeSeconds).toBeGreaterThan(0);
  expect(status.environments).toHaveLength(1);
  const [environment] = status.environments;
  expect(environment).toMatchObject({ env: "staging", url: platform.url });
  expect(environment?.services).toEqual([
    expect.objectContaining({ service: "api", sha: revision.sha, running: 1, wanted: 1 }),
  ]);
  expect(environment?.memoryBytes).toBeGreaterThan(10_000_000);
});

test.for([
  { name: "text that is not JSON", body: "{", says: "not JSON" },
  { name: "a call that is not known", body: '{"call":"format-disk"}', says: "not a call" },
  { name: "more than it reads", body: "x".repeat(17 * 1024 * 1024), says: "at most" },
])("refuses $name on its control socket, and goes on", async ({ body, says }) => {
  const address = await livingAddress(join(platform.root, ".slipway/platform/platform.json"));
  const before = await platform.status();
  const answer = await new Promise<string>((resolve, reject) => {
    const asked = request({ socketPath: address?.socket, path: "/call", method: "POST", agent: false }, (incoming) => {
      let text = "";
      incoming.on("data", (part) => {
        text += part;
      });
      incoming.on("end", () => resolve(text));
    });
    asked.on("error", reject);
    asked.end(body);
  });
  expect(JSON.parse(answer)).toMatchObject({ status: "refused", because: expect.stringContaining(says) });
  expect((await platform.status()).pid).toBe(before.pid);
});

test("lets nobody else reach its control socket", async () => {
  const address = await livingAddress(join(platform.root, ".slipway/platform/platform.json"));
  const socket = address?.socket ?? "";
  expect(Buffer.byteLength(socket)).toBeLessThan(100);
  expect((await stat(dirname(socket))).mode & 0o077).toBe(0);
});

test("answers nothing and leaves nothing behind once it is stopped", async () => {
  await serve("bb", 30);
  const ports = await platform.ports();
  expect(await platform.stop()).toBe(true);
  expect(processesOf(platform.root)).toEqual([]);
  expect(await platformStatus(platform.root)).toBeNull();
  expect(await platform.stop()).toBe(false);
  const asked = ports.services.inspect(api);
  await expect(asked).rejects.toThrow(PortError);
  await expect(ports.services.retire(api, permitOf(30))).rejects.toMatchObject({ effect: "none" });
  await platform.start();
});

test("leaves nothing of a killed platform's behind when it is stopped after that", async () => {
  const address = await livingAddress(join(platform.root, ".slipway/platform/platform.json"));
  const folder = dirname(address?.socket ?? "");
  expect(existsSync(folder)).toBe(true);
  await killPlatform();
  expect(await platform.stop()).toBe(false);
  expect(existsSync(folder)).toBe(false);
  await platform.start();
});

test("is reached again after its socket was cleaned away, and is stopped even before that", async () => {
  const folderOf = async () =>
    dirname((await livingAddress(join(platform.root, ".slipway/platform/platform.json")))?.socket ?? "");
  const { pid } = await platform.status();
  await rm(await folderOf(), { recursive: true });
  await expect(platform.status()).rejects.toThrow(PortError);
  const status = await until(
    () => platform.status().catch(() => null),
    (answer) => answer !== null,
  );
  expect(status?.pid).toBe(pid);
  await rm(await folderOf(), { recursive: true });
  expect(await platform.stop()).toBe(true);
  expect(await identify(pid)).toBeNull();
  await platform.start();
});
