import { describe, expect, test } from "vitest";
import {
  goingBackContract,
  type ServiceWorld,
  serviceRuntimeContract,
} from "../../test/contract/service-runtime.contract.ts";
import { ecsPermit, openEcsWorld } from "../../test/ecs/ecs-world.ts";
import type { ServiceName } from "../identifiers.ts";
import type { ServiceRuntime } from "../ports.ts";
import { proves } from "../promotion/judge-rollout.ts";

const api = "api" as ServiceName;

const openServices = async (): Promise<ServiceWorld> => {
  const { ecs, services, shapeOf, revisionOf } = await openEcsWorld(["api"]);
  ecs.services.behaviours.set(revisionOf(3).image, { does: "exits", exitCode: 1 });
  return {
    services: asTimePasses(services, () => ecs.pass(2_000)),
    permit: ecsPermit,
    shape: shapeOf("api"),
    good: revisionOf(1),
    better: revisionOf(2),
    bad: revisionOf(3),
  };
};
serviceRuntimeContract("ECS, as scripted,", openServices);
goingBackContract("ECS, as scripted,", openServices);

describe("an Express Mode service", () => {
  const open = () => openEcsWorld(["api"], { desiredCount: 2 }, "express");

  test("that runs what infrastructure made it with runs nothing of ours", async () => {
    const { ecs, services } = await open();
    ecs.pass(30_000);
    expect(await services.inspect(api)).toMatchObject({ wanted: null, tasksWanted: 2 });
  });

  test("is rolled, once for the same order, and keeps its number of tasks", async () => {
    const { ecs, services, shapeOf, revisionOf } = await open();
    ecs.pass(30_000);
    await services.roll(shapeOf("api"), revisionOf(1), ecsPermit);
    ecs.pass(60_000);
    const first = await services.inspect(api);
    await services.roll(shapeOf("api"), revisionOf(1), ecsPermit);
    ecs.pass(60_000);
    expect(proves(first, revisionOf(1))).toBe(true);
    expect(first.tasks).toHaveLength(2);
    expect((await services.inspect(api)).rollout?.id).toBe(first.rollout?.id);
  });

  test("is infrastructure's to take away", async () => {
    const { services, shapeOf, revisionOf } = await open();
    await services.roll(shapeOf("api"), revisionOf(1), ecsPermit);
    await expect(services.retire(api, ecsPermit)).rejects.toThrow("only infrastructure can take it away");
  });
});

/** Each look is some seconds after the one before. */
const asTimePasses = (services: ServiceRuntime, pass: () => void): ServiceRuntime => ({
  pollMilliseconds: services.pollMilliseconds,
  prepare: (...order) => services.prepare(...order),
  roll: (...order) => services.roll(...order),
  stop: (...order) => services.stop(...order),
  retire: (...order) => services.retire(...order),
  inspect(service) {
    pass();
    return services.inspect(service);
  },
});
