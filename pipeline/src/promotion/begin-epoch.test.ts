import { expect, test } from "vitest";
import { octocat } from "../../test/builders.ts";
import type { Gate } from "../../test/simulation/gate.ts";
import { runBent } from "../../test/simulation/run-bent.ts";
import type { SimRelease } from "../../test/simulation/sim-releases.ts";
import { Simulation } from "../../test/simulation/simulation.ts";
import { PortError } from "../errors.ts";
import { readLease } from "../ledger/lease-look.ts";
import { readHistory, readStanding } from "../ledger/read-ledger.ts";
import { quarantineRelease } from "../policy/quarantine.ts";
import type { EnvironmentPorts } from "../ports.ts";
import type { PromotionWorld } from "./run.ts";

const withPorts =
  (change: (ports: EnvironmentPorts) => EnvironmentPorts) =>
  (world: PromotionWorld): PromotionWorld => ({
    ...world,
    connect: async (target) => change(await world.connect(target)),
  });

/** The process dies when the first service has moved. */
const dyingAtRoll = (world: PromotionWorld, gate: Gate): PromotionWorld =>
  withPorts((ports) => ({
    ...ports,
    services: {
      ...ports.services,
      roll: async (shape, revision, permit) => {
        if (shape.name === "worker") throw gate.kill();
        return ports.services.roll(shape, revision, permit);
      },
    },
  }))(world);

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
  expect(await runBent(simulation, { sha: next.sha }, dyingAtRoll)).toBeNull();
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

test("the pages are fenced before an open promotion is finished: its own late switch finds itself deposed", async () => {
  const { simulation, next } = await withTwoReleases();
  expect(await runBent(simulation, { sha: next.sha }, dyingAtRoll)).toBeNull();
  await simulation.pause();
  const answers: string[] = [];
  const report = await runBent(
    simulation,
    { sha: next.sha },
    withPorts((ports) => ({
      ...ports,
      services: {
        ...ports.services,
        prepare: async (shape, revision, permit) => {
          answers.push(await ports.web.switchTo(null, { ...permit, epoch: permit.epoch - 1 }));
          return ports.services.prepare(shape, revision, permit);
        },
      },
    })),
  );
  expect(new Set(answers)).toEqual(new Set(["moved"]));
  expect(report?.ending).toMatchObject({ kind: "done" });
});

test("a promotion that may not be finished any more is put back, and not left open", async () => {
  const { simulation, old, next } = await withTwoReleases();
  expect(await runBent(simulation, { sha: next.sha }, dyingAtRoll)).toBeNull();
  await simulation.pause();
  const mark = { by: octocat.name, at: simulation.clock.now(), reason: "it loses data" };
  await quarantineRelease(simulation.store, next.sha, mark);
  const { report } = await simulation.run({ sha: next.sha });
  expect(report?.ending).toMatchObject({ kind: "reverted", environment: "reverted" });
  expect(await readStanding(simulation.store, simulation.name)).toMatchObject({
    unfinished: null,
    good: [{ sha: old.sha, until: null }, {}],
  });
});

test("a run that could not tell keeps its lease, which has to fall silent before anybody acts", async () => {
  const { simulation, next } = await withTwoReleases();
  let isSilent = false;
  const unlessSilent = <T>(answer: Promise<T>): Promise<T> => {
    if (isSilent) throw new PortError("services", "possible", "no answer");
    return answer;
  };
  const report = await runBent(
    simulation,
    { sha: next.sha },
    withPorts((ports) => ({
      ...ports,
      services: {
        ...ports.services,
        inspect: async (service) => unlessSilent(ports.services.inspect(service)),
        roll: async (shape, revision, permit) => {
          isSilent = true;
          return unlessSilent(ports.services.roll(shape, revision, permit));
        },
      },
    })),
  );
  expect(report?.ending.kind).toBe("open");
  expect(await readLease(simulation.store, simulation.name)).toMatchObject({ state: "held" });
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

test("an outcome names the moment of the last look, not that of its own writing", async () => {
  const { simulation, next } = await withTwoReleases();
  const { clock, store, name } = simulation;
  let lastLook = "";
  await runBent(simulation, { sha: next.sha }, (world) => {
    const slow: PromotionWorld["store"]["putIfAbsent"] = async (key, body) => {
      await world.clock.sleep(500);
      return world.store.putIfAbsent(key, body);
    };
    const withSlowStore = { ...world, store: { ...world.store, putIfAbsent: slow } };
    return withPorts((ports) => ({
      ...ports,
      services: {
        ...ports.services,
        inspect: async (service) => {
          lastLook = clock.now();
          return ports.services.inspect(service);
        },
      },
    }))(withSlowStore);
  });
  const outcome = (await readHistory(store, name)).at(-1)?.record.body;
  if (outcome?.kind !== "outcome") throw new Error("no outcome");
  expect(outcome.observedAt <= lastLook).toBe(true);
});
