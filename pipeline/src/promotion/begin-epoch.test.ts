import { expect, test } from "vitest";
import { octocat } from "../../test/builders.ts";
import { runBent } from "../../test/simulation/run-bent.ts";
import type { SimRelease } from "../../test/simulation/sim-releases.ts";
import { Simulation } from "../../test/simulation/simulation.ts";
import { readStanding } from "../ledger/read-ledger.ts";
import { quarantineRelease } from "../policy/quarantine.ts";
import type { EnvironmentPorts } from "../ports.ts";
import type { PromotionWorld } from "./run.ts";

const withPorts =
  (change: (ports: EnvironmentPorts) => EnvironmentPorts) =>
  (world: PromotionWorld): PromotionWorld => ({
    ...world,
    connect: async (target) => change(await world.connect(target)),
  });

async function withTwoReleases(): Promise<{ simulation: Simulation; old: SimRelease; next: SimRelease }> {
  const simulation = new Simulation();
  await simulation.begin();
  const [old, next] = [await simulation.publish("aaa1", ["m1"]), await simulation.publish("bbb2", ["m1", "m2"])];
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  return { simulation, old, next };
}

test("what changes while the fences are raised decides, not what was seen before", async () => {
  const { simulation, next } = await withTwoReleases();
  const { clock, store } = simulation;
  const report = await runBent(
    simulation,
    { sha: next.sha },
    withPorts((ports) => ({
      ...ports,
      raiseFence: async (permit) => {
        await ports.raiseFence(permit);
        await quarantineRelease(store, next.sha, { by: octocat.name, at: clock.now(), reason: "it loses data" });
      },
    })),
  );
  expect(report).toMatchObject({ ending: { kind: "refused" }, exit: 3 });
  expect(report?.decision?.reasons.map(({ code }) => code)).toEqual(["quarantined"]);
});

test("what the database's fence found applied is what the plan goes by", async () => {
  const { simulation, next } = await withTwoReleases();
  const died = await runBent(simulation, { sha: next.sha }, (world, gate) =>
    withPorts((ports) => ({
      ...ports,
      tasks: {
        ...ports.tasks,
        inspect: async (key) => {
          const state = await ports.tasks.inspect(key);
          if (state?.status === "running") throw gate.kill();
          return state;
        },
      },
    }))(world),
  );
  expect(died).toBeNull();
  await simulation.clock.run(simulation.clock.sleep(60_000));
  const { report } = await simulation.run({ sha: next.sha });
  expect(report?.ending).toMatchObject({ kind: "done" });
  expect(report?.plan?.steps.find(({ kind }) => kind === "run-migrations")).toMatchObject({
    already: true,
    pending: [],
  });
});

test("a service that was right when it was planned is looked at again, and put right", async () => {
  const { simulation, next } = await withTwoReleases();
  const before = simulation.environment.services.get("api")?.wanted ?? null;
  const died = await runBent(simulation, { sha: next.sha }, (world, gate) =>
    withPorts((ports) => ({
      ...ports,
      services: {
        ...ports.services,
        roll: async (shape, revision, permit) => {
          if (shape.name === "worker") throw gate.kill();
          return ports.services.roll(shape, revision, permit);
        },
      },
    }))(world),
  );
  expect(died).toBeNull();
  await simulation.pause();
  let goesBack = true;
  const report = await runBent(
    simulation,
    { sha: next.sha },
    withPorts((ports) => ({
      ...ports,
      services: {
        ...ports.services,
        // The platform's own breaker takes it back just then.
        prepare: async (...order) => {
          const api = simulation.environment.services.get("api");
          if (api && goesBack) api.wanted = before;
          goesBack = false;
          return ports.services.prepare(...order);
        },
      },
    })),
  );
  expect(report?.plan?.steps).toContainEqual(
    expect.objectContaining({ kind: "roll-service", service: "api", already: true }),
  );
  expect(report?.ending).toMatchObject({ kind: "done" });
  expect(simulation.environment.services.get("api")?.wanted?.sha).toBe(next.sha);
});

test("what runs by record and answers otherwise is not live already", async () => {
  const { simulation, old } = await withTwoReleases();
  const { settled } = await readStanding(simulation.store, simulation.name);
  const report = await runBent(
    simulation,
    { sha: old.sha },
    withPorts((ports) => {
      let asked = 0;
      return {
        ...ports,
        probe: {
          ask: async (method, path) => {
            asked += 1;
            const answer = await ports.probe.ask(method, path);
            return asked < 8 && answer !== "unreachable" ? { ...answer, status: 500 } : answer;
          },
        },
      };
    }),
  );
  expect(report?.ending.kind).not.toBe("already");
  expect((await readStanding(simulation.store, simulation.name)).epoch).toBeGreaterThan(settled);
});
