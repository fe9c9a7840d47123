import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { readdir, rm, symlink, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { serviceOf } from "../builders.ts";
import { countCases } from "../hostile/count-cases.ts";
import { permitOf, usePlatform } from "../platform-fixture.ts";
import { ask } from "../request-stream.ts";
import { tinyService, tinyShape } from "../tiny-service.ts";
import { until } from "../until.ts";
import { countSockets, megabytesOf } from "./sockets-of.ts";
import { dial } from "./talk.ts";

countCases("local-servers", "crowds of slow clients, and links in the place of files, on a platform that runs");

const platform = usePlatform();
const permit = permitOf(1);
const large = "0123456789abcdef".repeat(128 * 1024);
/** Of one platform, whatever a crowd does. */
const mostMegabytes = 200;

beforeAll(async () => {
  const { services, web } = await platform.ports();
  await services.roll(
    tinyShape({ instances: 1 }),
    await platform.revision("a1", await platform.image(tinyService())),
    permit,
  );
  const stored = await platform.web("a1", {
    "index.html": { role: "entry", text: "a page" },
    "linked.html": { role: "entry", text: "not a link yet" },
    "large.bin": { role: "asset", text: large },
  });
  await web.addAssets(
    stored.files.filter(({ role }) => role === "asset"),
    permit,
  );
  await web.switchTo(stored.revision, permit);
  await until(
    async () => (await platform.ports()).services.inspect(serviceOf("api")),
    ({ tasks }) => tasks.some(({ health }) => health === "healthy"),
  );
});

async function aCrowd(size: number, bytes: string | Buffer): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: size }, () => dial(platform.port));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) socket.on("error", () => undefined);
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  // Nothing is read of what comes back.
  for (const socket of sockets) socket.write(bytes);
  return sockets;
}

/** Pages and services are answered as ever, beside the crowd. */
async function isWellAnswered(): Promise<void> {
  const started = performance.now();
  for (const path of ["/", "/api/sha", "/", "/api/sha"]) expect((await ask(`${platform.url}${path}`)).status).toBe(200);
  // On a machine that is busy with other tests; a front that waits for its crowd would never come to an answer.
  expect(performance.now() - started).toBeLessThan(15_000);
}

// Memory and sockets of another process are files on Linux alone.
test.skipIf(process.platform !== "linux").for([
  { name: "send half a request", size: 1_000, bytes: "GET / HTTP/1.1\r\nhost: localhost\r\nx: " },
  {
    name: "send half a body to a service",
    size: 500,
    bytes: "POST /api/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\nhalf",
  },
  { name: "read nothing of a large file", size: 200, bytes: "GET /large.bin HTTP/1.1\r\nhost: localhost\r\n\r\n" },
  {
    name: "read nothing of what a service sends",
    size: 100,
    bytes: `POST /api/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${large.length}\r\n\r\n${large}`,
  },
  {
    name: "send more than a service reads",
    size: 50,
    bytes: `POST /api/slow HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${large.length}\r\n\r\n${large}`,
  },
])("$size clients that $name stop nobody, and are forgotten when they leave", async ({ size, bytes }) => {
  const { pid } = await platform.status();
  const before = await megabytesOf(pid);
  const sockets = await countSockets(pid);
  const crowd = await aCrowd(size, bytes);
  await isWellAnswered();
  expect((await megabytesOf(pid)) - before).toBeLessThan(mostMegabytes);
  for (const socket of crowd) socket.destroy();
  await until(
    () => countSockets(pid),
    (count) => count < sockets + 40,
  );
  await isWellAnswered();
});

test("a link in the place of a page leads nowhere", async () => {
  const outside = mkdtempSync(join(tmpdir(), "slipway-outside-"));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  await writeFile(join(outside, "secret"), "a secret outside of the root");
  expect((await ask(`${platform.url}/linked.html`)).body).toBe("not a link yet");
  const names = await readdir(join(platform.root, ".slipway"), { recursive: true });
  const copies = names.filter((name) => /pool\/files\/[0-9a-f]{64}$/.test(name));
  expect(copies.length).toBeGreaterThanOrEqual(3);
  for (const name of copies) {
    await rm(join(platform.root, ".slipway", name));
    await symlink(join(outside, "secret"), join(platform.root, ".slipway", name));
  }
  const answers = await Promise.all(["/", "/linked.html", "/large.bin"].map((path) => ask(`${platform.url}${path}`)));
  expect(answers.map(({ status, body }) => [status, body])).toEqual(
    answers.map(() => [500, "the file cannot be read\n"]),
  );
});
