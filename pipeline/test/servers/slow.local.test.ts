import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/local/platform/free-port.ts";
import { sayPlainly } from "../../src/local/platform/proxy.ts";
import { Router } from "../../src/local/platform/router.ts";
import { countCases } from "../hostile/count-cases.ts";
import { until } from "../until.ts";
import { Recorder } from "./recorder.ts";
import { dial, statusesOf, talk } from "./talk.ts";

countCases("local-servers", "clients that are slow, leave half way, or talk out of turn");

const limits = { headersTimeout: 400, requestTimeout: 800, connectionsCheckingInterval: 50, readerTimeout: 500 };
async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024);
}
let sending = 0;
const service = new Recorder();
const router = new Router(
  {
    routes: () => [{ pattern: "/api/*", to: "api" }],
    instances: () => [service.instance],
    serveWeb: async (incoming, answer) => {
      if (incoming.url !== "/endless") return sayPlainly(answer, 200, "a page");
      sending += 1;
      await pipeline(endless, answer).catch(() => undefined);
      sending -= 1;
    },
  },
  limits,
);
let port = 0;
beforeAll(async () => {
  await service.open();
  port = await freePort();
  await router.listen(port);
});
afterAll(async () => {
  await router.close();
  service.close();
});

const head = "POST /api/x HTTP/1.1\r\nhost: localhost\r\n";
const nobodyConnected = () =>
  until(
    () => service.connections,
    (count) => count === 0,
  );
const nothingUnderWay = () =>
  until(
    () => service.instance.inFlight,
    (count) => count === 0,
  );

test.for([
  { name: "no byte at all", first: "", drips: "" },
  { name: "half a request line", first: "GET /api", drips: "" },
  { name: "a request line a byte at a time", first: "GET /", drips: "a" },
  { name: "headers a byte at a time", first: `${head}x: `, drips: "a" },
  { name: "a header at a time", first: head, drips: "x: y\r\n" },
  { name: "a body a byte at a time", first: `${head}content-length: 100\r\n\r\n`, drips: "a" },
  { name: "a chunk at a time", first: `${head}transfer-encoding: chunked\r\n\r\n`, drips: "1\r\na\r\n" },
  { name: "a chunk's size a digit at a time", first: `${head}transfer-encoding: chunked\r\n\r\n`, drips: "0" },
  { name: "a body that never comes", first: `${head}content-length: 5\r\n\r\n`, drips: "" },
  {
    name: "a body that never comes, after a promise to wait",
    first: `${head}expect: 100-continue\r\ncontent-length: 5\r\n\r\n`,
    drips: "",
  },
])("a client that sends $name is cut off in time", async ({ first, drips }) => {
  const socket = dial(port);
  let answer = "";
  const closed = once(socket, "close", { signal: AbortSignal.timeout(10_000) });
  socket.setEncoding("latin1").on("data", (part: string) => {
    answer += part;
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const started = performance.now();
  socket.write(first);
  const drip = drips === "" ? undefined : setInterval(() => socket.writable && socket.write(drips), 30);
  await closed;
  clearInterval(drip);
  // Twice the limit, on a machine that is busy with other tests.
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(answer).not.toContain("200");
  await nothingUnderWay();
  expect(service.take().flatMap(({ requests }) => requests)).toEqual([]);
});

test.for([
  { name: "before its headers end", bytes: head },
  { name: "in the middle of its body", bytes: `${head}content-length: 100\r\n\r\nabc` },
  { name: "in the middle of a chunk", bytes: `${head}transfer-encoding: chunked\r\n\r\n10\r\nabc` },
  { name: "after its request", bytes: "GET /api/x HTTP/1.1\r\nhost: localhost\r\n\r\n" },
  {
    name: "after its request to upgrade",
    bytes: "GET /api/x HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  },
])("a client that closes its half of the connection $name leaves nothing behind", async ({ bytes }) => {
  const socket = dial(port);
  socket.on("error", () => undefined).resume();
  socket.end(bytes);
  await once(socket, "close", { signal: AbortSignal.timeout(10_000) });
  await nothingUnderWay();
  service.take();
  expect(statusesOf(await talk(port, Buffer.from("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"), "200"))).toBe("200");
});

test("a client that leaves while its service thinks about an upgrade takes the service's connection along", async () => {
  const wellSaid = service.says;
  service.says = { answer: "" };
  const upgrade = "GET /api/x HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
  const clients = Array.from({ length: 20 }, () => dial(port));
  for (const client of clients) client.on("error", () => undefined).write(upgrade);
  await until(
    () => service.connections,
    (count) => count === clients.length,
  );
  for (const client of clients) client.destroy();
  await until(
    () => service.connections,
    (count) => count === 0,
  );
  service.says = wellSaid;
  service.take();
});

test.for([
  { name: "that is no HTTP", more: "hello\r\n\r\n" },
  { name: "with a length that is none", more: "POST /api/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n" },
])("an answer that is under way is not mixed with what is said about a request $name", async ({ more }) => {
  const wellSaid = service.says;
  service.says = { answer: "" };
  await nobodyConnected();
  const socket = dial(port);
  let answer = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    answer += part;
  });
  socket.write(`GET /api/x HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await until(
    () => service.connections,
    (count) => count === 1,
  );
  service.sayToAll("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
  await until(
    () => answer,
    (text) => text.endsWith("half"),
  );
  socket.write(more);
  await sleep(100);
  service.sayToAll("rest");
  await once(socket, "close", { signal: AbortSignal.timeout(10_000) });
  expect(statusesOf(answer)).toBe("200");
  expect(answer.endsWith("halfrest")).toBe(true);
  service.says = wellSaid;
  await nothingUnderWay();
  service.take();
});

test("a client that takes nothing of a page is cut off in time", async () => {
  const socket = dial(port);
  socket.on("error", () => undefined).write("GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await until(
    () => sending,
    (count) => count === 1,
  );
  await until(
    () => sending,
    (count) => count === 0,
  );
  socket.destroy();
});

test("a client that asks thousands of things at once has no more than a hundred under way", async () => {
  const wellSaid = service.says;
  service.says = { answer: "" };
  const socket = dial(port);
  socket.on("error", () => undefined).resume();
  socket.write("GET /api/x HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(5_000));
  await new Promise((resolve) => socket.once("close", resolve));
  await nothingUnderWay();
  expect(service.take().flatMap(({ requests }) => requests).length).toBeLessThanOrEqual(100);
  service.says = wellSaid;
});
