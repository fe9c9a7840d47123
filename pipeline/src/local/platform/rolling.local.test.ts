import { rename, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serviceOf } from "../../../test/builders.ts";
import { permitOf, usePlatform } from "../../../test/platform-fixture.ts";
import { ask, RequestStream } from "../../../test/request-stream.ts";
import { type TinyMode, tinyService, tinyShape } from "../../../test/tiny-service.ts";
import { until } from "../../../test/until.ts";
import type { Revision } from "../../ports.ts";
import { proves } from "../../promotion/judge-rollout.ts";
import type { ServiceShape } from "../../release/manifest.ts";
import { serviceLogs } from "../service-logs.ts";

const platform = usePlatform();
const api = serviceOf("api");
const permit = permitOf(1);
let count = 0;

async function aRevision(mode: TinyMode = "well"): Promise<Revision> {
  count += 1;
  return platform.revision(`a${count}`, await platform.image(tinyService(mode)));
}
async function roll(revision: Revision, shape: Partial<ServiceShape> = {}): Promise<void> {
  const { services } = await platform.ports();
  await services.roll(tinyShape(shape), revision, permit);
}
async function look(isSo: Parameters<typeof until<Awaited<ReturnType<typeof inspect>>>>[1]) {
  return until(inspect, isSo);
}
const inspect = async () => (await platform.ports()).services.inspect(api);
async function run(shape: Partial<ServiceShape> = {}): Promise<Revision> {
  const revision = await aRevision();
  await roll(revision, shape);
  await look((it) => proves(it, revision) && it.rollout?.phase === "drained");
  return revision;
}

test.for(["GET", "POST"] as const)("loses no %s request while revisions follow each other", async (method) => {
  const first = await run({ instances: 2 });
  const stream = new RequestStream(`${platform.url}/api/sha`, method);
  const second = await run({ instances: 2 });
  const third = await run({ instances: 1 });
  const answered = stream.answered;
  await until(
    () => stream.answered,
    (now) => now > answered + 20,
  );
  const report = await stream.end();
  expect(report.failed).toEqual([]);
  expect(report.answered).toBeGreaterThan(100);
  expect([...report.bodies]).toEqual(expect.arrayContaining([first.sha, third.sha]));
  expect([first.sha, second.sha, third.sha]).toEqual(expect.arrayContaining([...report.bodies]));
});

test("lets a request that is under way finish on the old revision", async () => {
  const old = await run();
  const slow = ask(`${platform.url}/api/slow`);
  const next = await run();
  expect(await slow).toMatchObject({ status: 200, body: old.sha });
  expect(await ask(`${platform.url}/version`)).toMatchObject({ status: 200, body: next.sha });
});

test.for([
  { mode: "unhealthy", kind: "unhealthy", says: /GET \/readyz answered 503/ },
  { mode: "exits", kind: "exited", says: /^exit code 3 after \d+\.\d s, never healthy$/ },
] as const)(
  "keeps the old revision when the new one is $kind, and no request reaches it",
  async ({ mode, kind, says }) => {
    const old = await run();
    const before = await inspect();
    const bad = await aRevision(mode);
    const stream = new RequestStream(`${platform.url}/api/sha`);
    await roll(bad, { startTimeoutSeconds: mode === "exits" ? 15 : 1.5 });
    const after = await look((it) => it.rollout?.phase === "went-back");
    const report = await stream.end();
    expect(report.failed).toEqual([]);
    expect([...report.bodies]).toEqual([old.sha]);
    expect(after.rollout).toMatchObject({ revision: bad, requestsServed: 0 });
    expect(after.rollout?.causes.at(-1)).toMatchObject({ kind, message: expect.stringMatching(says) });
    expect(after.wanted).toEqual(old);
    expect(after.tasks.map(({ id }) => id)).toEqual(before.tasks.map(({ id }) => id));
  },
);

test("shows the last lines of what an instance wrote, without the secrets it was given", async () => {
  await writeFile(join(platform.root, ".env.local"), "API_TOKEN=a-very-secret-token\n");
  const image = await platform.image({
    "server.cjs": `console.error("token", process.env.API_TOKEN, process.env.COLOUR); process.exit(1);`,
  });
  const template = await platform.template({ env: { COLOUR: "green" }, envFile: ".env.local" });
  await run();
  await roll({ ...(await platform.revision("c1", image)), template });
  const after = await look((it) => it.rollout?.phase === "went-back");
  expect(after.rollout?.causes.at(-1)?.log).toEqual(["token *** green"]);
});

test("never starts a revision whose image is not there, and says so", async () => {
  const old = await run();
  await roll({ ...old, sha: (await aRevision()).sha, image: `sha256:${"0".repeat(64)}` as Revision["image"] });
  const after = await look((it) => it.rollout?.phase === "went-back");
  expect(after.rollout?.causes.at(-1)).toMatchObject({
    kind: "never-started",
    message: expect.stringContaining("0000"),
  });
  expect(after.wanted).toEqual(old);
});

test("has nothing to go back to when the first revision fails", async () => {
  const { services } = await platform.ports();
  const bad = await aRevision("exits");
  const shape = tinyShape({ name: serviceOf("first"), paths: ["/first/*"] });
  await services.roll(shape, bad, permit);
  const after = await until(
    () => services.inspect(shape.name),
    ({ rollout }) => rollout?.phase === "stopped",
  );
  expect(after).toMatchObject({ wanted: null, tasks: [] });
});

test("goes to the newest order when one comes while another is under way", async () => {
  const old = await run();
  const stream = new RequestStream(`${platform.url}/api/sha`);
  const overtaken = await aRevision("unhealthy");
  await roll(overtaken, { startTimeoutSeconds: 60 });
  const newest = await run();
  const report = await stream.end();
  expect(report.failed).toEqual([]);
  expect([old.sha, newest.sha]).toEqual(expect.arrayContaining([...report.bodies]));
});

test("starts a crashed instance again and counts it", async () => {
  const revision = await run();
  const before = (await platform.status()).environments[0]?.restarts ?? 0;
  expect((await ask(`${platform.url}/api/crash`)).status).toBe(502);
  const after = await until(
    async () => (await platform.status()).environments[0],
    (environment) => environment?.restarts === before + 1 && environment.services[0]?.running === 1,
  );
  expect(after?.services[0]).toMatchObject({ service: api, sha: revision.sha, wanted: 1 });
  expect(await ask(`${platform.url}/version`)).toMatchObject({ status: 200, body: revision.sha });
});

test("gives a service what it is promised, and nothing of the platform's own", async () => {
  const revision = await run();
  const given = JSON.parse((await ask(`${platform.url}/api/variables`)).body) as Record<string, string>;
  expect(given).toMatchObject({
    SLIPWAY_SHA: revision.sha,
    SLIPWAY_IMAGE: revision.image,
    SLIPWAY_ENV: "staging",
    SLIPWAY_URL: platform.url,
    DATABASE_URL: expect.stringContaining("/app_staging"),
  });
  const known = ["PATH", "HOME", "TMPDIR", "LANG", "PORT", "DATABASE_URL"];
  const others = Object.keys(given).filter((name) => !known.includes(name) && !name.startsWith("SLIPWAY_"));
  expect(others).toEqual([]);
});

test("hands bodies over both ways as they come", async () => {
  await run();
  const body = "x".repeat(300_000);
  expect(await ask(`${platform.url}/api/echo`, { method: "POST", body })).toMatchObject({ status: 200, body });
});

test("joins an upgraded connection to the service", async () => {
  await run();
  const answer = await new Promise<string>((resolve, reject) => {
    const asked = request(`${platform.url}/api/socket`, { headers: { connection: "upgrade", upgrade: "echo" } });
    asked.on("error", reject);
    asked.on("upgrade", (_answer, socket) => {
      socket.once("data", (bytes: Buffer) => {
        socket.destroy();
        resolve(bytes.toString("utf8"));
      });
      socket.write("ping");
    });
    asked.end();
  });
  expect(answer).toBe("ping");
});

test("says plainly that no instance is there once the service is retired", async () => {
  await run();
  const { services } = await platform.ports();
  await services.retire(api, permit);
  expect((await ask(`${platform.url}/version`)).status).toBe(404);
});

test("keeps what services wrote, with the instance that wrote it", async () => {
  await run();
  const lines: string[] = [];
  const wanted = { root: platform.root, environment: "staging", service: "api", follow: false };
  for await (const { text } of serviceLogs(wanted)) lines.push(text);
  expect(lines.at(-1)).toMatch(/^\d{4}-\S+Z [0-9a-f]{8} listening \d+$/);
});

test("follows what services write, also once a log was turned over", async () => {
  await run();
  const end = new AbortController();
  const seen: string[] = [];
  const wanted = { root: platform.root, environment: null, service: "api", follow: true, signal: end.signal };
  const following = (async () => {
    for await (const { text } of serviceLogs(wanted)) seen.push(text);
  })();
  await until(
    () => seen.length,
    (lines) => lines > 0,
  );
  const before = seen.length;
  const path = join(platform.root, ".slipway/platform/environments/staging/logs/api.log");
  await rename(path, `${path}.1`);
  await run();
  await until(
    () => seen.slice(before),
    (lines) => lines.some((line) => line.includes("listening")),
  );
  end.abort();
  await following;
});
