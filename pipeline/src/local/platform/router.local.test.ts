import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ask } from "../../../test/request-stream.ts";
import { freePort } from "./free-port.ts";
import { sayPlainly } from "./proxy.ts";
import { PortTaken } from "./refusals.ts";
import { Router } from "./router.ts";

const limits = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 };
let router: Router;
let port = 0;
beforeEach(async () => {
  port = await freePort();
  const source = {
    routes: () => [{ pattern: "/api/*", to: "api" }],
    instances: () => [],
    serveWeb: async (incoming: IncomingMessage, answer: ServerResponse) => {
      if (incoming.url === "/broken") throw new Error("a fault");
      sayPlainly(answer, 200, "a page");
    },
  };
  router = new Router(source, limits);
  await router.listen(port);
});
afterEach(() => router.close());

/** What is answered to a client that sends this and then nothing more. */
async function answerTo(text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8");
  socket.write(text);
  let answer = "";
  socket.on("data", (part) => {
    answer += part;
  });
  await once(socket, "close", { signal: AbortSignal.timeout(10_000) });
  return answer;
}

test.for([
  { name: "headers never end", text: "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: " },
  { name: "body never ends", text: "POST /api/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc" },
])("cuts a client off whose $name, and goes on", async ({ text }) => {
  const answer = await answerTo(text);
  expect(answer).not.toContain("200 OK");
  expect((await ask(`http://127.0.0.1:${port}/`)).body).toBe("a page\n");
});

test("answers a request on a name of this machine and no other", async () => {
  const answers = await Promise.all(
    ["localhost", "evil.example"].map((host) => ask(`http://127.0.0.1:${port}/`, { headers: { host } })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 421]);
});

test("answers 503 where a service has no instance, and 500 where a page fails", async () => {
  expect((await ask(`http://127.0.0.1:${port}/api/x`)).status).toBe(503);
  expect((await ask(`http://127.0.0.1:${port}/broken`)).status).toBe(500);
});

test("says that its port is taken", async () => {
  const second = new Router({ routes: () => [], instances: () => [], serveWeb: async () => undefined });
  await expect(second.listen(port)).rejects.toThrow(PortTaken);
});
