import type { Service, ServiceRevision, Task } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { digestOf, shaOf } from "../../../test/builders.ts";
import type { Revision, ServiceLook } from "../../ports.ts";
import type { Rollout } from "./rollout.ts";
import { type ServiceFacts, serviceLookOf } from "./service-look.ts";

const revision: Revision = { sha: shaOf("a1"), image: digestOf("image"), template: digestOf("template") };
const [ours, retired, theirs] = ["td/ours:1", "td/ours:2", "td/theirs:1"];
const rollout: Rollout = {
  id: "d1",
  phase: "drained",
  taskDefinition: ours,
  isScaledUp: false,
  deployment: "ecs-svc/1",
  createdAt: 0,
  because: "",
};
const aTask = (fields: Partial<Task> = {}): Task => ({
  taskArn: "arn:task/prod/one",
  taskDefinitionArn: ours,
  startedBy: "ecs-svc/1",
  lastStatus: "RUNNING",
  desiredStatus: "RUNNING",
  healthStatus: "HEALTHY",
  containers: [
    { name: "proxy", imageDigest: digestOf("proxy") },
    { name: "app", imageDigest: revision.image },
  ],
  ...fields,
});

interface Given {
  readonly service?: Partial<Service>;
  readonly tasks?: readonly Task[];
  readonly rollout?: Partial<Rollout>;
  readonly resolved?: string;
  readonly madeWith?: string;
}
function look({ service, tasks = [aTask()], rollout: phase, resolved, madeWith }: Given): ServiceLook {
  const target: ServiceRevision = {
    taskDefinition: ours,
    containerImages: [{ containerName: "app", ...(resolved === undefined ? {} : { imageDigest: resolved }) }],
  };
  const facts: ServiceFacts = {
    seen: {
      service: { status: "ACTIVE", taskDefinition: ours, desiredCount: 1, ...service },
      newest: { targetServiceRevision: { arn: "revision/1" } },
      revisions: new Map([["revision/1", target]]),
      tasks,
    },
    rollout: { ...rollout, ...phase },
    meanings: new Map([
      [ours, { container: "app", revision }],
      [retired, { container: "app", revision: null }],
    ]),
    causes: [],
    madeWith: madeWith ?? null,
  };
  return serviceLookOf(facts);
}

describe("what a service is set to", () => {
  const table: readonly { readonly name: string; readonly given: Given; readonly wanted: ServiceLook["wanted"] }[] = [
    { name: "a revision, by what is on record of its definition", given: {}, wanted: revision },
    {
      name: "nothing, once it was retired",
      given: { service: { taskDefinition: retired, desiredCount: 0 } },
      wanted: null,
    },
    {
      name: "nothing, where a definition of somebody else's has no task and shall have none",
      given: { service: { taskDefinition: theirs, desiredCount: 0 }, tasks: [] },
      wanted: null,
    },
    {
      name: "nothing, while tasks of ours are listed before the service is seen to have changed",
      given: { service: { taskDefinition: theirs, desiredCount: 0 } },
      wanted: null,
    },
    {
      name: "somebody else's, where a definition of theirs shall run",
      given: { service: { taskDefinition: theirs }, tasks: [] },
      wanted: "unknown-revision",
    },
    {
      name: "somebody else's, where a task of it still runs",
      given: { service: { taskDefinition: theirs, desiredCount: 0 }, tasks: [aTask({ taskDefinitionArn: theirs })] },
      wanted: "unknown-revision",
    },
    {
      name: "nothing, where it runs what infrastructure made it with",
      given: { service: { taskDefinition: theirs }, madeWith: theirs },
      wanted: null,
    },
    { name: "nothing, while it is deleted", given: { service: { status: "DRAINING" } }, wanted: null },
  ];
  test.each(table)("is $name", ({ given, wanted }) => {
    expect(look(given).wanted).toEqual(wanted);
  });
});

describe("a task", () => {
  const table: readonly {
    readonly name: string;
    readonly task: Partial<Task>;
    readonly rollout?: Partial<Rollout>;
    readonly health: string;
  }[] = [
    { name: "is healthy by its own check", task: {}, rollout: { phase: "rolling" }, health: "healthy" },
    { name: "is ill by its own check", task: { healthStatus: "UNHEALTHY" }, health: "unhealthy" },
    { name: "drains once it shall stop, however well it is", task: { desiredStatus: "STOPPED" }, health: "draining" },
    { name: "drains while it is stopping", task: { lastStatus: "DEACTIVATING" }, health: "draining" },
    { name: "starts until it runs", task: { lastStatus: "PENDING" }, health: "starting" },
    {
      name: "without a check is starting as long as its rollout goes on",
      task: { healthStatus: "UNKNOWN" },
      rollout: { phase: "rolling" },
      health: "starting",
    },
    {
      name: "without a check is healthy once its rollout is over",
      task: { healthStatus: "UNKNOWN" },
      health: "healthy",
    },
    {
      name: "without a check is healthy once ECS shifts traffic to it",
      task: { healthStatus: "UNKNOWN" },
      rollout: { phase: "rolling", isScaledUp: true },
      health: "healthy",
    },
    {
      name: "without a check, of the rollout before, is healthy while the next goes on",
      task: { healthStatus: "UNKNOWN", startedBy: "ecs-svc/0" },
      rollout: { phase: "rolling" },
      health: "healthy",
    },
    {
      name: "without a check, of a rollout that was given up, is not healthy",
      task: { healthStatus: "UNKNOWN" },
      rollout: { phase: "stopped" },
      health: "starting",
    },
  ];
  test.each(table)("$name", ({ task, rollout: phase, health }) => {
    expect(look({ tasks: [aTask(task)], ...(phase ? { rollout: phase } : {}) }).tasks).toEqual([
      { id: "one", image: revision.image, revision, health },
    ]);
  });

  test("that has stopped is none", () => {
    expect(look({ tasks: [aTask({ lastStatus: "STOPPED" })] }).tasks).toEqual([]);
  });

  test("whose bytes are not told proves nothing", () => {
    expect(look({ tasks: [aTask({ containers: [{ name: "app" }] })] }).tasks[0]?.image).toBeNull();
  });
});

describe("a rollout", () => {
  test.each([
    ["leads to its revision", {}, revision],
    ["leads to it where the image was resolved to the digest", { resolved: revision.image }, revision],
    ["leads to nobody's where it was resolved to another one", { resolved: digestOf("other") }, "unknown-revision"],
    [
      "leads to nobody's where its definition is somebody else's",
      { rollout: { taskDefinition: theirs } },
      "unknown-revision",
    ],
  ] as const)("%s", (_, given, expected) => {
    expect(look(given).rollout?.revision).toEqual(expected);
  });
});
