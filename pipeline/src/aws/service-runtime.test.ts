import { describe, expect, test } from "vitest";
import {
  goingBackContract,
  type ServiceWorld,
  serviceRuntimeContract,
} from "../../test/contract/service-runtime.contract.ts";
import { ecsPermit, openEcsWorld } from "../../test/ecs/ecs-world.ts";
import { EcsClock, rollOnEcs } from "../../test/ecs/roll-on-ecs.ts";
import type { ServiceName } from "../identifiers.ts";
import type { ServiceRuntime } from "../ports.ts";
import { proves } from "../promotion/judge-rollout.ts";
import { canonicalBytes } from "../release/canonical-json.ts";

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

describe("a service on ECS", () => {
  const settled = async () => {
    const world = await openEcsWorld(["api"]);
    await world.services.roll(world.shapeOf("api"), world.revisionOf(1), ecsPermit);
    world.ecs.pass(60_000);
    return world;
  };

  test("that is put back at once is not taken for what it was before the order, however late reads are", async () => {
    const world = await settled();
    const [one, two] = [world.revisionOf(1), world.revisionOf(2)];
    await world.services.roll(world.shapeOf("api"), two, ecsPermit);
    world.ecs.pass(1_000);
    world.ecs.services.lag = () => 6_000;
    const back = await rollOnEcs(world, new EcsClock(world), { service: "api", to: one, expects: [two, one] });
    expect(back).toMatchObject({ status: "done", changed: true });
    world.ecs.pass(90_000);
    expect((await world.services.inspect(api)).wanted).toEqual(one);
  });

  test("that ECS gave up on is rolled again when its cause is mended", async () => {
    const { ecs, services, shapeOf, revisionOf } = await settled();
    Object.assign(ecs.services.of("api").settings, { breaker: "stops" });
    ecs.services.behaviours.set(revisionOf(2).image, { does: "exits", exitCode: 1 });
    await services.roll(shapeOf("api"), revisionOf(2), ecsPermit);
    ecs.pass(120_000);
    expect((await services.inspect(api)).rollout?.phase).toBe("stopped");
    ecs.services.behaviours.clear();
    await services.roll(shapeOf("api"), revisionOf(2), ecsPermit);
    ecs.pass(90_000);
    expect(proves(await services.inspect(api), revisionOf(2))).toBe(true);
  });

  test("that is retired already is left alone", async () => {
    const { ecs, services } = await settled();
    await services.retire(api, ecsPermit);
    ecs.pass(60_000);
    const before = [ecs.definitions.size, ecs.calls.filter((call) => call === "UpdateService").length];
    await services.retire(api, ecsPermit);
    expect([ecs.definitions.size, ecs.calls.filter((call) => call === "UpdateService").length]).toEqual(before);
  });

  test("is not touched where the family's numbers are counted anew, as in another account", async () => {
    const { services, shapeOf, revisionOf, store } = await openEcsWorld(["api"]);
    const key = "environments/prod/by-definition/app-prod-api/1.json";
    const old = { version: 1, arn: "arn:aws:ecs:eu-west-1:444455556666:task-definition/app-prod-api:1" };
    await store.putIfAbsent(key, canonicalBytes({ ...old, container: "app", revision: revisionOf(9) }));
    await services.prepare(shapeOf("api"), revisionOf(1), ecsPermit);
    expect(JSON.parse(new TextDecoder().decode((await store.get(key))?.body))).toMatchObject({
      revision: revisionOf(1),
    });
  });
});

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

  test("that ECS gave up on says that it takes no order for the same again", async () => {
    const { ecs, services, shapeOf, revisionOf } = await open();
    Object.assign(ecs.services.of("api").settings, { breaker: "stops" });
    ecs.services.behaviours.set(revisionOf(1).image, { does: "exits", exitCode: 1 });
    await services.roll(shapeOf("api"), revisionOf(1), ecsPermit);
    ecs.pass(180_000);
    await expect(services.roll(shapeOf("api"), revisionOf(1), ecsPermit)).rejects.toThrow(
      "no order for the same again",
    );
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
