import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/local/platform/free-port.ts";
import { sayPlainly } from "../../src/local/platform/proxy.ts";
import { Router } from "../../src/local/platform/router.ts";
import { countCases } from "../hostile/count-cases.ts";
import { bytesOf, type HostileCase, readCases, stackLine, type Told } from "../hostile/hostile-case.ts";
import { until } from "../until.ts";
import { Recorder } from "./recorder.ts";
import { statusesOf, talk } from "./talk.ts";

countCases("local-servers", "raw requests to services through the front of an environment");

interface ServiceRequest extends HostileCase {
  /** As it goes over the wire; `code` is the statuses of what is answered. */
  readonly request: Told;
  /** What reaches the service, whole: method, target and body. Nothing unless told. */
  readonly forwards?: readonly string[];
  /** Must, or must not, be anywhere in the bytes that reach the service. */
  readonly has?: string;
  readonly never?: string;
  /** The head is well and goes on; the service must not take what follows for a whole request. */
  readonly partial?: boolean;
}

const service = new Recorder();
const router = new Router({
  routes: () => [{ pattern: "/api/*", to: "api" }],
  instances: () => [service.instance],
  serveWeb: async (incoming, answer) => {
    incoming.resume();
    sayPlainly(answer, incoming.method === "GET" ? 404 : 405, "no page");
  },
});
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

afterEach(async () => {
  await until(
    () => service.instance.inFlight,
    (count) => count === 0,
  );
  service.take();
});

const well = Buffer.from("GET /api/well HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");

test.for(readCases<ServiceRequest>(new URL("cases/to-services.json", import.meta.url)))(
  "a request with $name is answered $code, and means one thing to the service",
  async ({ request, code, forwards = [], has, never, partial = false }) => {
    const answer = await talk(port, bytesOf(request), code);
    expect(statusesOf(answer)).toBe(code);
    expect(answer).not.toMatch(stackLine);
    const readings = service.take();
    const received = readings.flatMap(({ requests }) => requests);
    expect(received.map(({ method, target, body }) => `${method} ${target} ${body}`).toSorted()).toEqual(
      forwards.toSorted(),
    );
    expect(readings.flatMap(({ doubts }) => doubts)).toEqual([]);
    if (!partial) expect(readings.map(({ rest }) => rest).join("")).toBe("");
    const bytes = readings.map((reading) => reading.bytes).join("\n");
    if (has !== undefined) expect(bytes).toContain(has);
    if (never !== undefined) expect(bytes).not.toContain(never);
    expect(statusesOf(await talk(port, well, "200"))).toBe("200");
  },
);
