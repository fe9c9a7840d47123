import type { PromotionRequest } from "../../src/ledger/records.ts";
import { Simulation } from "./simulation.ts";

export interface Scenario {
  readonly name: string;
  /** Everything before the command that faults are injected into. */
  readonly prepare: () => Promise<{ readonly world: Simulation; readonly request: Partial<PromotionRequest> }>;
  /** How it ends when nothing goes wrong, and how it may end after a fault. */
  readonly ends: readonly string[];
}

const [first, second] = ["20261101_projects", "20261102_colour"];
const forward = ["done", "already"];

/** The same stories for an app of these services: two of them can be of two minds, one is quicker to try everything on. */
export function scenariosOf(services: readonly ["api", ...string[]], open: () => Simulation = () => new Simulation()) {
  const begin = async (): Promise<Simulation> => {
    const world = open();
    await world.begin();
    return world;
  };
  const publish = (world: Simulation, digits: string, migrations: readonly string[], failing: string | null = null) =>
    world.publish(digits, migrations, failing, services);
  const withOneRelease = async (): Promise<Simulation> => {
    const world = await begin();
    const old = await publish(world, "aaa1", [first]);
    await world.run({ sha: old.sha });
    return world;
  };
  const withTwoReleases = async (): Promise<Simulation> => {
    const world = await withOneRelease();
    const release = await publish(world, "bbb2", [first, second]);
    await world.run({ sha: release.sha });
    return world;
  };

  return {
    firstPromotion: {
      name: "first promotion",
      ends: forward,
      prepare: async () => {
        const world = await begin();
        return { world, request: { sha: (await publish(world, "aaa1", [first])).sha } };
      },
    },
    nextPromotion: {
      name: "promotion with a migration and new pages",
      ends: forward,
      prepare: async () => {
        const world = await withOneRelease();
        return { world, request: { sha: (await publish(world, "bbb2", [first, second])).sha } };
      },
    },
    unhealthyRelease: {
      name: "a release that never becomes healthy",
      ends: ["reverted"],
      prepare: async () => {
        const world = await withOneRelease();
        const release = await publish(world, "ccc3", [first, second]);
        world.broken.add(services.includes("worker") ? release.worker : release.api);
        return { world, request: { sha: release.sha } };
      },
    },
    secondTry: {
      name: "a release that was put back once, and is well now",
      ends: forward,
      prepare: async () => {
        const world = await withOneRelease();
        const release = await publish(world, "ccc3", [first, second]);
        world.broken.add(release.api);
        await world.run({ sha: release.sha });
        world.broken.delete(release.api);
        return { world, request: { sha: release.sha } };
      },
    },
    failingMigration: {
      name: "a migration that fails",
      ends: ["reverted"],
      prepare: async () => {
        const world = await withOneRelease();
        return { world, request: { sha: (await publish(world, "ddd4", [first, second], second)).sha } };
      },
    },
    rollback: {
      name: "rollback to the last good release",
      ends: forward,
      prepare: async () => ({ world: await withTwoReleases(), request: { action: "rollback", sha: null } }),
    },
    webRollback: {
      name: "rollback of the pages alone",
      ends: forward,
      prepare: async () => ({
        world: await withTwoReleases(),
        request: { action: "rollback", sha: null, only: "web" },
      }),
    },
  } satisfies Record<string, Scenario>;
}
export type ScenarioName = keyof ReturnType<typeof scenariosOf>;
