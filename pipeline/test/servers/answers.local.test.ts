import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/local/platform/free-port.ts";
import { Router } from "../../src/local/platform/router.ts";
import { countCases } from "../hostile/count-cases.ts";
import { bytesOf, type HostileCase, readCases, stackLine, type Told } from "../hostile/hostile-case.ts";
import { until } from "../until.ts";
import { Recorder } from "./recorder.ts";
import { statusesOf, talk } from "./talk.ts";

countCases("local-servers", "raw answers of services, and of such that are none");

interface ServiceAnswer extends HostileCase {
  /** As the service sends it; `code` is what the client is answered, "cut" when it can tell that there is an end missing. */
  readonly answer: Told;
  /** The service closes the connection after it. */
  readonly closes?: boolean;
  readonly body?: string;
}

const service = new Recorder();
const wellSaid = service.says;
const router = new Router({
  routes: () => [{ pattern: "/api/*", to: "api" }],
  instances: () => [service.instance],
  serveWeb: async () => undefined,
});
let port = 0;
const faults: unknown[] = [];
const onFault = (fault: unknown): void => void faults.push(fault);

beforeAll(async () => {
  await service.open();
  port = await freePort();
  await router.listen(port);
  process.on("uncaughtException", onFault);
});
afterEach(async () => {
  await until(
    () => service.instance.inFlight,
    (count) => count === 0,
  );
  service.says = wellSaid;
  service.take();
});
afterAll(async () => {
  process.off("uncaughtException", onFault);
  await router.close();
  service.close();
});

const asked = Buffer.from("GET /api/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");

test.for(readCases<ServiceAnswer>(new URL("cases/of-services.json", import.meta.url)))(
  "an answer $name is $code to the client",
  async ({ answer, code, closes = false, body }) => {
    service.says = { answer: Buffer.from(bytesOf(answer)).toString("utf8"), closes };
    const told = await talk(port, asked, code);
    const [status, cut] = code.split(" ");
    expect(statusesOf(told)).toBe(status);
    expect(told).not.toMatch(stackLine);
    const [head = "", ...rest] = told.split("\r\n\r\n");
    if (body !== undefined) expect(bodyOf(head, rest.join("\r\n\r\n"))).toBe(body);
    if (cut) expect(bodyOf(head, rest.join("\r\n\r\n"))).toBeNull();
    expect(told).not.toContain("evil");
    service.says = wellSaid;
    for (let times = 0; times < 2; times += 1) expect(await talk(port, asked, "200")).toMatch(/200 OK[\s\S]*ok$/);
    expect(faults.splice(0)).toEqual([]);
  },
);

/** Null: the connection has ended before the body has. */
function bodyOf(head: string, rest: string): string | null {
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length !== undefined) return rest.length < Number(length) ? null : rest;
  if (!/^transfer-encoding: chunked$/im.test(head)) return rest;
  if (!rest.endsWith("0\r\n\r\n")) return null;
  return rest.replace(/^[0-9a-f]+\r\n([\s\S]*)\r\n0\r\n\r\n$/, "$1");
}
