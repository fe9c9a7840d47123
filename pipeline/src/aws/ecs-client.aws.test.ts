import { DescribeClustersCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { credentials, region } from "../../test/emulators/clients.ts";
import { type Fault, type FaultyProxy, openFaultyProxy } from "../../test/emulators/faulty-proxy.ts";
import { createEcsClients, type EcsClients, longestRequestMilliseconds } from "./ecs-client.ts";

const faults: Fault[] = [];
let proxy: FaultyProxy;
let clients: EcsClients;
let before: number;

beforeAll(async () => {
  proxy = await openFaultyProxy(inject("moto"), () => faults.shift() ?? "none");
  clients = createEcsClients({ region, endpoint: proxy.url, credentials: async () => credentials });
});
beforeEach(() => {
  before = proxy.seen.length;
});
afterAll(() => proxy.close());
const requests = (): number => proxy.seen.length - before;
const change = () => clients.changing.send(new UpdateServiceCommand({ cluster: "prod", service: "api" }));

test("what only reads is asked again", async () => {
  faults.push("answer-lost", { status: 503, code: "ServerException" });
  await clients.reading.send(new DescribeClustersCommand({}));
  expect(requests()).toBe(3);
});

test.each<Fault>([
  "answer-lost",
  { status: 503, code: "ServerException" },
  { status: 400, code: "ThrottlingException" },
])("a change is sent once, whatever becomes of its answer: %j", async (fault) => {
  faults.push(fault);
  await expect(change()).rejects.toThrow();
  expect(requests()).toBe(1);
});

test("a change that nobody answers is given up before a request of ours could land no more", async () => {
  faults.push("never-answered");
  const start = performance.now();
  await expect(change()).rejects.toThrow(/imeout|imed out/);
  expect(performance.now() - start).toBeLessThan(longestRequestMilliseconds / 2);
  expect(requests()).toBe(1);
});
