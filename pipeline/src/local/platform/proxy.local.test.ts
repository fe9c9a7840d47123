import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ask } from "../../../test/request-stream.ts";
import { until } from "../../../test/until.ts";
import { freePort } from "./free-port.ts";
import type { Instance } from "./instance.ts";
import { proxyRequest } from "./proxy.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
/** As much of an instance as a request touches. */
const instanceAt = (port: number) =>
  ({ port, agent: new Agent({ keepAlive: true }), inFlight: 0, requestsServed: 0 }) as Instance;

/** A front that tries these instances in this order. */
async function front(instances: readonly Instance[]): Promise<string> {
  const port = await listen(
    createServer((incoming, answer) =>
      proxyRequest(incoming, answer, "api", (tried) => instances.find((one) => !tried.includes(one)) ?? null),
    ),
  );
  return `http://127.0.0.1:${port}/api/x`;
}
async function aWellOne(): Promise<Instance> {
  return instanceAt(await listen(createServer((incoming, answer) => incoming.pipe(answer.writeHead(201)))));
}

test("asks another instance when one refuses the connection", async () => {
  const [gone, well] = [instanceAt(await freePort()), await aWellOne()];
  expect((await ask(await front([gone, well]))).status).toBe(201);
  expect([gone.inFlight, well.inFlight, well.requestsServed]).toEqual([0, 0, 1]);
});

test.for([
  { method: "POST", body: "" },
  { method: "PUT", body: "some" },
])("never sends a $method with body '$body' twice", async ({ method, body }) => {
  const [gone, well] = [instanceAt(await freePort()), await aWellOne()];
  const answer = await ask(await front([gone, well]), { method, body });
  expect(answer).toMatchObject({ status: 502, body: expect.stringContaining("api did not answer: ECONNREFUSED") });
  expect(well.requestsServed).toBe(0);
});

test("gives up when every instance refuses", async () => {
  const gone = await Promise.all([1, 2, 3, 4].map(async () => instanceAt(await freePort())));
  expect((await ask(await front(gone))).status).toBe(502);
  expect(gone.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0, 0]);
});

test("says that there is no instance when there is none", async () => {
  expect(await ask(await front([]))).toMatchObject({
    status: 503,
    body: "no instance of api could take the request\n",
  });
});

test("cuts an answer off that its instance cut off, instead of ending it as if it were whole", async () => {
  const port = await listen(
    createServer((_incoming, answer) => {
      answer.writeHead(200, { "content-length": 100 });
      answer.write("half", () => answer.destroy());
    }),
  );
  const half = instanceAt(port);
  expect((await ask(await front([half]))).status).toBe(0);
  await until(
    () => half.inFlight,
    (count) => count === 0,
  );
});

test("ends the request of a client that has left, and counts it no longer", async () => {
  const seen = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const port = await listen(
    createServer((_incoming, answer) => {
      seen.resolve();
      answer.once("close", () => left.resolve());
    }),
  );
  const waiting = instanceAt(port);
  const asked = request(await front([waiting]));
  asked.on("error", () => undefined);
  asked.end();
  await seen.promise;
  expect(waiting.inFlight).toBe(1);
  asked.destroy();
  await left.promise;
  await until(
    () => waiting.inFlight,
    (count) => count === 0,
  );
});

test("hands headers on, except those of one hop and those that a client may not set", async () => {
  const port = await listen(
    createServer((incoming, answer) => {
      answer.writeHead(200, { "set-cookie": ["a=1", "b=2"], connection: "x-hop", "x-hop": "secret" });
      answer.end(JSON.stringify(incoming.headers));
    }),
  );
  const url = await front([instanceAt(port)]);
  const answer = await ask(url, {
    headers: { "x-forwarded-for": "6.6.6.6", connection: "x-mine", "x-mine": "1", "x-kept": "1" },
  });
  expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(answer.headers["x-hop"]).toBeUndefined();
  const seen = JSON.parse(answer.body) as Record<string, string>;
  expect(seen).toMatchObject({ "x-forwarded-for": expect.stringContaining("127.0.0.1"), "x-kept": "1" });
  expect(seen["x-mine"]).toBeUndefined();
});
