import { describe, expect, test } from "vitest";
import type { Permit, Revision, ServiceLook, ServiceRuntime } from "../../src/ports.ts";
import { proves, provesGone, sameRevision } from "../../src/promotion/judge-rollout.ts";
import type { ServiceShape } from "../../src/release/manifest.ts";
import { until } from "../until.ts";

export interface ServiceWorld {
  readonly services: ServiceRuntime;
  readonly permit: Permit;
  /** A service that nothing was done to yet. */
  readonly shape: ServiceShape;
  /** Each has a SHA of its own. */
  readonly good: Revision;
  readonly better: Revision;
  /** Never becomes healthy; its rollout is given up by the platform. */
  readonly bad: Revision;
}

const looks = (world: ServiceWorld, isSo: (look: ServiceLook) => boolean) =>
  until(() => world.services.inspect(world.shape.name), isSo, 60);
const roll = async (world: ServiceWorld, revision: Revision) => {
  await world.services.prepare(world.shape, revision, world.permit);
  await world.services.roll(world.shape, revision, world.permit);
};
const run = async (world: ServiceWorld, revision: Revision) => {
  await roll(world, revision);
  return looks(world, (look) => proves(look, revision));
};

/** What every runtime of services has to do, whether it can fence or not; `open` gives a world of its own each time. */
export function serviceRuntimeContract(name: string, open: () => Promise<ServiceWorld>): void {
  describe(`${name} as a runtime of services`, () => {
    test("answers nothing of ours for a service that never was", async () => {
      const world = await open();
      expect(await world.services.inspect(world.shape.name)).toEqual({
        wanted: null,
        tasksWanted: 0,
        tasks: [],
        rollout: null,
      });
    });

    test("changes nothing that runs when it prepares", async () => {
      const world = await open();
      await world.services.prepare(world.shape, world.good, world.permit);
      expect((await world.services.inspect(world.shape.name)).wanted).toBeNull();
    });

    test("runs exactly the image that was ordered", async () => {
      const world = await open();
      const look = await run(world, world.good);
      expect(look.tasks.map(({ image }) => image)).toEqual([world.good.image]);
      expect(look.rollout?.revision).toEqual(world.good);
    });

    test("takes the same order twice as one", async () => {
      const world = await open();
      const first = await run(world, world.good);
      await roll(world, world.good);
      const second = await world.services.inspect(world.shape.name);
      expect(second.rollout?.id).toBe(first.rollout?.id);
      expect(second.tasks.map(({ id }) => id)).toEqual(first.tasks.map(({ id }) => id));
    });

    test("replaces one revision by the next, and gives each rollout an id of its own", async () => {
      const world = await open();
      const first = await run(world, world.good);
      await roll(world, world.better);
      const second = await looks(world, (look) => proves(look, world.better) && look.tasks.length === 1);
      expect(second.tasks[0]?.image).toBe(world.better.image);
      expect(second.rollout?.id).not.toBe(first.rollout?.id);
    });

    test("leaves nothing of a service that is retired, twice over", async () => {
      const world = await open();
      await run(world, world.good);
      await world.services.retire(world.shape.name, world.permit);
      await world.services.retire(world.shape.name, world.permit);
      const look = await looks(world, provesGone);
      expect(look.tasksWanted).toBe(0);
    });

    test("starts a retired service again", async () => {
      const world = await open();
      await run(world, world.good);
      await world.services.retire(world.shape.name, world.permit);
      await looks(world, provesGone);
      const look = await run(world, world.good);
      expect(look.wanted).toEqual(world.good);
    });

    test("does nothing for a permit whose lease is gone", async () => {
      const world = await open();
      const lost = new Error("the lease is gone");
      const permit: Permit = {
        ...world.permit,
        check() {
          throw lost;
        },
      };
      await expect(world.services.roll(world.shape, world.good, permit)).rejects.toBe(lost);
      expect((await world.services.inspect(world.shape.name)).wanted).toBeNull();
    });
  });
}

/** What every runtime has to do when a rollout does not end well; an emulator that finishes whatever it was told cannot be asked. */
export function goingBackContract(name: string, open: () => Promise<ServiceWorld>): void {
  describe(`${name} as a runtime of services that goes back`, () => {
    test("puts a revision that never becomes healthy back, and says why", async () => {
      const world = await open();
      await run(world, world.good);
      await roll(world, world.bad);
      const look = await looks(world, ({ rollout }) => rollout?.phase === "went-back");
      expect(look.wanted).toEqual(world.good);
      expect(look.rollout?.revision).toEqual(world.bad);
      expect(look.rollout?.causes.at(-1)?.message).toMatch(/\S/);
      expect(proves(await looks(world, (it) => proves(it, world.good)), world.good)).toBe(true);
    });

    test("orders again a revision that was put back", async () => {
      const world = await open();
      await run(world, world.good);
      await roll(world, world.bad);
      const first = await looks(world, ({ rollout }) => rollout?.phase === "went-back");
      await roll(world, world.bad);
      const second = await looks(world, ({ rollout }) => rollout?.id !== first.rollout?.id);
      expect(second.rollout?.revision).toEqual(world.bad);
    });

    test("stops a rollout under way and keeps what ran", async () => {
      const world = await open();
      await run(world, world.good);
      await roll(world, world.bad);
      await world.services.stop(world.shape.name, world.permit);
      const look = await looks(world, ({ rollout }) => rollout?.phase === "went-back");
      expect(sameRevision(look.wanted, world.good)).toBe(true);
    });
  });
}
