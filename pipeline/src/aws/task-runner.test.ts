import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { beforeEach, expect, test } from "vitest";
import { environmentOf, instantOf } from "../../test/builders.ts";
import { ScriptedEcs } from "../../test/ecs/scripted-ecs.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import { templateKey } from "../environment/template-key.ts";
import type { Digest, Epoch } from "../identifiers.ts";
import type { Permit, TaskOrder } from "../ports.ts";
import { canonicalBytes, digestOf } from "../release/canonical-json.ts";
import { EcsTaskRunner } from "./task-runner.ts";

const environment = environmentOf("prod");
const key = "0123456789abcdef0123456789abcdef01234567";
const log = { "awslogs-group": "/app/prod", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "task" };
const template = {
  family: "app-prod-migrations",
  containerDefinitions: [
    { name: "runner", logConfiguration: { logDriver: "awslogs", options: log }, secrets: [{ name: "DATABASE_URL" }] },
    { name: "proxy", image: "proxy@sha256:00", essential: false },
  ],
};
const order: TaskOrder = {
  key,
  image: `sha256:${"a".repeat(64)}` as Digest,
  command: ["node", "run.mjs"],
  template: digestOf(template),
  environment: { SLIPWAY_EPOCH: "7" },
};
const permit: Permit = { environment, epoch: 7 as Epoch, signal: new AbortController().signal, check: () => undefined };

let ecs: ScriptedEcs;
let store: MemoryObjectStore;
/** What GetLogEvents answers, page by page; the last page's token repeats. */
let pages: readonly (readonly string[])[];

beforeEach(async () => {
  ecs = new ScriptedEcs();
  store = new MemoryObjectStore(() => instantOf("2026-11-22T10:00"));
  pages = [];
  await store.putIfAbsent(templateKey(environment, order.template), canonicalBytes(template));
});

const runner = () =>
  new EcsTaskRunner({
    ecs: ecs.client,
    logs: logsOf(),
    store,
    environment,
    cluster: "prod",
    repository: "registry.example/app",
    template: order.template,
    placement: { launchType: "FARGATE" },
  });

function logsOf(): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({ region: "eu-central-1" });
  client.middlewareStack.add(
    () => async (args) => {
      const { nextToken, logStreamName } = args.input as {
        readonly nextToken?: string;
        readonly logStreamName: string;
      };
      expect(logStreamName).toBe(`task/runner/${"1".padStart(32, "0")}`);
      const page = Math.min(Number(nextToken ?? 0), pages.length);
      const events = (pages[page] ?? []).map((message) => ({ message }));
      const nextForwardToken = String(Math.min(page + 1, pages.length));
      return { output: { $metadata: {}, events, nextForwardToken }, response: {} };
    },
    { step: "initialize" },
  );
  return client;
}

test("runs the image by digest, with the order's command and variables for the container that is ours", async () => {
  expect(await runner().start(order, permit)).toEqual({ status: "started" });
  expect(ecs.started).toMatchObject([
    {
      cluster: "prod",
      launchType: "FARGATE",
      clientToken: key,
      startedBy: key,
      overrides: {
        containerOverrides: [
          { name: "runner", command: order.command, environment: [{ name: "SLIPWAY_EPOCH", value: "7" }] },
        ],
      },
    },
  ]);
  const [definition] = ecs.definitions.values();
  expect(definition?.containerDefinitions).toMatchObject([
    { name: "runner", image: `registry.example/app@${order.image}` },
    { name: "proxy", image: "proxy@sha256:00" },
  ]);
});

test("starts no second task, whether the first was answered, runs, or has ended", async () => {
  let isLost = false;
  ecs.fault = (call) => {
    if (call !== "RunTask" || isLost) return null;
    isLost = true;
    return { when: "after", error: new Error("socket hang up") };
  };
  await expect(runner().start(order, permit)).rejects.toMatchObject({ name: "PortError", effect: "possible" });
  expect(await runner().start(order, permit)).toEqual({ status: "started" });
  ecs.end(0);
  expect(await runner().start(order, permit)).toEqual({ status: "started" });
  expect(ecs.tasks).toHaveLength(1);
});

test("ECS keeps the token where no list tells of the task any more", async () => {
  await runner().start(order, permit);
  ecs.end(0);
  ecs.pass(2 * 3_600_000);
  expect(await runner().inspect(key)).toBeNull();
  await runner().start(order, permit);
  expect(ecs.tasks).toHaveLength(1);
});

test("an answer without a task says why there is none", async () => {
  ecs.failures = [{ reason: "RESOURCE:MEMORY", detail: "no instance has 512 MiB left" }];
  expect(await runner().start(order, permit)).toEqual({
    status: "declined",
    because: "RESOURCE:MEMORY: no instance has 512 MiB left",
  });
  expect(await runner().inspect(key)).toBeNull();
});

test.each([
  { status: "PROVISIONING", is: "pending" },
  { status: "PENDING", is: "pending" },
  { status: "ACTIVATING", is: "pending" },
  { status: "RUNNING", is: "running" },
  { status: "DEACTIVATING", is: "running" },
  { status: "STOPPING", is: "running" },
  { status: "DEPROVISIONING", is: "running" },
])("a task that is $status is $is", async ({ status, is }) => {
  await runner().start(order, permit);
  Object.assign(ecs.tasks[0] ?? {}, { lastStatus: status });
  expect(await runner().inspect(key)).toEqual({ status: is });
});

test("a task that could not be started tells why, and has no exit code", async () => {
  await runner().start(order, permit);
  ecs.end(undefined, { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: not found" });
  expect(await runner().inspect(key)).toEqual({
    status: "stopped",
    because: "TaskFailedToStart; CannotPullContainerError: not found",
    containers: [{ name: "runner", exitCode: null }],
  });
});

test("the log is read over empty pages to its end, and complete only some seconds after the task has stopped", async () => {
  await runner().start(order, permit);
  pages = [["one", "two"], [], ["three"]];
  expect(await runner().log(key, 0)).toEqual({ lines: ["one", "two", "three"], complete: false });
  ecs.end(0);
  expect(await runner().log(key, 1)).toEqual({ lines: ["two", "three"], complete: false });
  pages = [["one", "two"], [], ["three"], ["the result"]];
  ecs.pass(5_000);
  expect(await runner().log(key, 3)).toEqual({ lines: ["the result"], complete: true });
});

test("a definition is registered once, and again when somebody has deregistered it", async () => {
  const orders = ["a", "b", "c"].map((digit) => ({ ...order, key: digit.repeat(40) }));
  for (const one of orders.slice(0, 2)) await runner().start(one, permit);
  expect(ecs.definitions.size).toBe(1);
  for (const definition of ecs.definitions.values()) Object.assign(definition, { status: "INACTIVE" });
  for (const one of orders) await runner().start(one, permit);
  expect([...ecs.definitions.values()].map(({ status }) => status)).toEqual(["INACTIVE", "ACTIVE"]);
});

test("a permit that is lost in between starts nothing, and is no failure of ECS", async () => {
  const lost = new Error("the lease is gone");
  let checks = 0;
  const check = () => {
    checks += 1;
    if (checks === 3) throw lost;
  };
  await expect(runner().start(order, { ...permit, check })).rejects.toBe(lost);
  expect(ecs.tasks).toEqual([]);
});

test.each([
  {
    name: "no container without an image",
    template: { family: "f", containerDefinitions: [{ name: "a", image: "b" }] },
  },
  { name: "two of them", template: { family: "f", containerDefinitions: [{ name: "a" }, { name: "b" }] } },
  { name: "what only answers have", template: { family: "f", containerDefinitions: [{ name: "a" }], revision: 3 } },
  { name: "no family", template: { containerDefinitions: [{ name: "a" }] } },
])("a template with $name is refused before anything is asked of ECS", async ({ template: bad }) => {
  const digest = digestOf(bad);
  await store.putIfAbsent(templateKey(environment, digest), canonicalBytes(bad));
  await expect(runner().start({ ...order, template: digest }, permit)).rejects.toThrow("is no task template");
  expect(ecs.calls.filter((call) => !/^(?:List|Describe)/.test(call))).toEqual([]);
});
