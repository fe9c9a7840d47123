import { describe, expect, test } from "vitest";
import { type EcsWorld, ecsPermit, imageNumber, openEcsWorld } from "../../test/ecs/ecs-world.ts";
import { refusal } from "../../test/ecs/refusal.ts";
import { EcsClock, type Event, rollOnEcs } from "../../test/ecs/roll-on-ecs.ts";
import type { Behaviour, ServiceSettings } from "../../test/ecs/service-state.ts";

const names = ["api", "web", "worker"] as const;
type Name = (typeof names)[number];

interface Ending {
  readonly name: string;
  /** What tasks of the new image do. */
  readonly does?: Behaviour;
  /** Only the commit is another one. */
  readonly sameImage?: boolean;
  /** What ECS was told about deployments of the service. */
  readonly settings?: Partial<ServiceSettings>;
  /** No release ever ran here. */
  readonly isFirst?: boolean;
  readonly begin?: (world: EcsWorld, service: Name) => void;
  readonly events?: (service: Name) => readonly Event[];
  readonly status: "done" | "failed" | "unknown";
  readonly code?: string;
  /** Of the first cause, in the report. */
  readonly cause?: RegExp;
  readonly log?: string;
  readonly notOurs?: boolean;
}

const throttled = () => refusal("ThrottlingException", "Rate exceeded", 429);
const denied = (call: string) =>
  refusal(
    "AccessDeniedException",
    `User: arn:aws:sts::111122223333:assumed-role/deployer/run-1 is not authorized to perform: ecs:${call} on resource: arn:aws:ecs:eu-central-1:111122223333:service/prod/api because no identity-based policy allows the ecs:${call} action`,
  );
const isRead = (call: string): boolean => /^(?:Describe|List)/.test(call);
/** Reads answer so from now on. */
const readsFail = (error: (call: string) => Error) => (world: EcsWorld) => {
  world.ecs.fault = (call) => (isRead(call) ? { when: "before", error: error(call) } : null);
};
const readsAnswer = (world: EcsWorld): void => {
  world.ecs.fault = () => null;
};
/** The next so many updates of a service fare so. */
const updatesFail = (times: number, when: "before" | "after", error: (call: string) => Error) => (world: EcsWorld) => {
  let left = times;
  world.ecs.fault = (call) => {
    if (call !== "UpdateService" || left === 0) return null;
    left -= 1;
    return { when, error: error(call) };
  };
};
const [old, next] = [1, 2];

/** Sources: aws.md A2, A4; API_ServiceDeployment; stopped-task-error-codes; deployment-circuit-breaker; deployment-alarm-failure. */
const endings: readonly Ending[] = [
  { name: "a healthy release", status: "done" },
  { name: "a healthy release that ECS watches for twelve minutes", settings: { bakeSeconds: 720 }, status: "done" },
  {
    name: "the same where only the load balancer asks its tasks",
    settings: { bakeSeconds: 720 },
    begin: (world) => {
      const { shapeOf } = world;
      world.shapeOf = (service) => ({ ...shapeOf(service), health: { kind: "http", path: "/healthz" } });
    },
    status: "done",
  },
  {
    name: "a release with the image of before whose tasks exit, and a breaker that stops",
    sameImage: true,
    does: { does: "exits", exitCode: 5 },
    settings: { breaker: "stops" },
    begin: ({ ecs }) => ecs.services.sparePast(),
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 5/,
  },
  {
    name: "tasks that exit, and a breaker that goes back",
    does: { does: "exits", exitCode: 137 },
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 137/,
    log: "last line",
  },
  {
    name: "an image that is gone",
    does: { does: "never-starts", reason: "CannotPullContainerError: failed to resolve ref: not found" },
    status: "failed",
    code: "service-not-started",
    cause: /CannotPullContainerError/,
  },
  {
    name: "a secret that cannot be read",
    does: { does: "never-starts", reason: "ResourceInitializationError: unable to pull secrets" },
    status: "failed",
    code: "service-not-started",
    cause: /ResourceInitializationError: unable to pull secrets/,
  },
  {
    name: "tasks that fail their health checks",
    does: { does: "fails-health-checks", reason: "Task failed container health checks" },
    status: "failed",
    code: "service-unhealthy",
    cause: /failed container health checks/,
    log: "last line",
  },
  {
    name: "tasks that fail the load balancer's checks",
    does: { does: "fails-health-checks", reason: "Task failed ELB health checks in (target-group arn:…/api)" },
    status: "failed",
    code: "service-unhealthy",
    cause: /failed ELB health checks/,
  },
  {
    name: "a breaker that stops and does not go back",
    does: { does: "exits", exitCode: 1 },
    settings: { breaker: "stops" },
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 1 \(The deployment circuit breaker was triggered/,
  },
  {
    name: "no breaker, and tasks that exit for ever",
    does: { does: "exits", exitCode: 3 },
    settings: { breaker: "off" },
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 3; not there after 300 s/,
  },
  {
    name: "tasks that are never called healthy, and never end",
    does: { does: "hangs" },
    status: "failed",
    code: "service-unhealthy",
    cause: /not there after 300 s: 0 of 2 new tasks healthy/,
  },
  {
    name: "an alarm",
    events: (service) => [{ at: 12, happens: ({ ecs }) => ecs.services.soundAlarm(service, "too-many-5xx") }],
    status: "failed",
    code: "rolled-back",
    cause: /alarm too-many-5xx went off/,
  },
  {
    name: "somebody who stops the deployment",
    events: (service) => [{ at: 12, happens: ({ ecs }) => ecs.services.stopNewest(service) }],
    status: "failed",
    code: "rolled-back",
    cause: /user request/,
  },
  {
    name: "somebody who deploys a definition of their own",
    events: (service) => [
      { at: 12, happens: ({ ecs }) => ecs.services.update({ service, taskDefinition: ecs.placeholder("theirs") }) },
    ],
    status: "failed",
    code: "superseded",
    notOurs: true,
  },
  {
    name: "a way back that ECS cannot finish",
    does: { does: "exits", exitCode: 1 },
    settings: { rollbackFails: true },
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 1/,
  },
  {
    name: "a first deployment that has nothing to go back to, and stalls",
    isFirst: true,
    does: { does: "exits", exitCode: 78 },
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 78/,
  },
  { name: "a first deployment that is healthy", isFirst: true, status: "done" },
  {
    name: "a lifecycle hook that times out",
    settings: { hookSeconds: 60 },
    status: "failed",
    code: "rolled-back",
    cause: /lifecycle hook timed out/,
  },
  {
    name: "no room for its tasks",
    settings: { room: 2 },
    status: "failed",
    code: "service-unhealthy",
    cause: /unable to place a task/,
  },
  {
    name: "a service that sleeps at 0",
    begin: ({ ecs }, service) => ecs.services.update({ service, desiredCount: 0 }),
    status: "done",
  },
  {
    name: "one task of two on other bytes",
    begin: ({ ecs }) => ecs.services.swapBytes(imageNumber(9)),
    status: "failed",
    code: "digest-mismatch",
    cause: /runs sha256:0000/,
  },
  {
    name: "reads that are a quarter of a minute behind",
    begin: ({ ecs }) => {
      ecs.services.lag = () => 15_000;
    },
    status: "done",
  },
  {
    name: "a list of deployments that is half a minute behind, and tasks that exit",
    does: { does: "exits", exitCode: 1 },
    begin: ({ ecs }) => {
      ecs.services.lag = (call) => (call === "ListServiceDeployments" ? 30_000 : 0);
    },
    status: "failed",
    code: "service-unhealthy",
    cause: /exit code 1/,
  },
  {
    name: "reads that are throttled for a minute",
    begin: readsFail(throttled),
    events: () => [{ at: 60, happens: readsAnswer }],
    status: "done",
  },
  {
    name: "reads that are throttled for ever",
    events: () => [{ at: 12, happens: readsFail(throttled) }],
    status: "unknown",
    code: "could-not-tell",
    cause: /ThrottlingException: Rate exceeded/,
  },
  {
    name: "reads that are not allowed",
    begin: readsFail(denied),
    status: "unknown",
    code: "could-not-tell",
    cause: /ecs:DescribeServices/,
  },
  {
    name: "an order whose answer is lost",
    begin: updatesFail(1, "after", () => new Error("socket hang up")),
    status: "done",
  },
  { name: "an order that is throttled twice", begin: updatesFail(2, "before", throttled), status: "done" },
  {
    name: "an order that is not allowed",
    begin: updatesFail(99, "before", denied),
    status: "failed",
    code: "service-not-started",
    cause: /ecs:UpdateService/,
  },
  {
    name: "somebody who forces a new deployment of the same",
    events: (service) => [{ at: 12, happens: ({ ecs }) => ecs.services.update({ service, forceNewDeployment: true }) }],
    status: "done",
  },
  {
    name: "autoscaling that wants more in the middle",
    events: (service) => [{ at: 12, happens: ({ ecs }) => ecs.services.update({ service, desiredCount: 4 }) }],
    status: "done",
  },
  {
    name: "a task that is taken away in the middle, and replaced",
    events: (service) => [{ at: 12, happens: ({ ecs }) => ecs.services.takeAway(service) }],
    status: "done",
  },
  {
    name: "a service that is deleted in the middle",
    events: (service) => [{ at: 12, happens: ({ ecs }) => ecs.services.remove(service) }],
    status: "failed",
    code: "superseded",
    cause: /took it away/,
    notOurs: true,
  },
];

describe.each(endings)("$name", (ending) => {
  test.each(names)("at %s", async (at) => {
    const world = await openEcsWorld(names);
    const clock = new EcsClock(world);
    for (const name of names) if (!(ending.isFirst && name === at)) await settleOn(world, name, old);
    const image = world.revisionOf(ending.sameImage ? old : next).image;
    if (ending.does && !ending.sameImage) world.ecs.services.behaviours.set(image, ending.does);
    for (const service of names) {
      const isIt = service === at;
      const to =
        isIt || !ending.does
          ? { ...world.revisionOf(next, service), image: isIt ? image : world.revisionOf(next).image }
          : world.revisionOf(3, service);
      const before = isIt && ending.isFirst ? null : world.revisionOf(old, service);
      if (isIt) Object.assign(world.ecs.services.of(service).settings, ending.settings);
      if (isIt && ending.sameImage && ending.does) world.ecs.services.behaviours.set(image, ending.does);
      if (isIt) ending.begin?.(world, service);
      if (isIt) clock.schedule(ending.events?.(service) ?? []);
      const report = await rollOnEcs(world, clock, { service, to, expects: [before, to] });
      if (!isIt) {
        expect(report).toMatchObject({ status: "done" });
        continue;
      }
      expect({ status: report.status, cause: report.failure?.cause ?? "" }).toEqual({
        status: ending.status,
        cause: ending.cause ? expect.stringMatching(ending.cause) : expect.any(String),
      });
      if (ending.code) expect(report.failure?.code).toBe(ending.code);
      if (ending.log) expect(report.failure?.log).toContain(ending.log);
      expect(report.notOurs).toBe(ending.notOurs ?? false);
      return;
    }
  });
});

/** The service runs this release, as a promotion before this one left it. */
async function settleOn({ services, ecs, shapeOf, revisionOf }: EcsWorld, name: Name, number: number): Promise<void> {
  await services.roll(shapeOf(name), revisionOf(number, name), ecsPermit);
  ecs.services.update({ service: name, desiredCount: 2 });
  ecs.pass(60_000);
  const look = await services.inspect(shapeOf(name).name);
  expect(look.tasks.map(({ health }) => health)).toEqual(["healthy", "healthy"]);
}
