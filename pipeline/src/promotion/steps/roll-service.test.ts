import { expect, test } from "vitest";
import { digestOf } from "../../../test/builders.ts";
import { runBent } from "../../../test/simulation/run-bent.ts";
import { Simulation } from "../../../test/simulation/simulation.ts";
import { PortError } from "../../errors.ts";
import type { ServiceLook } from "../../ports.ts";

const starting: Partial<ServiceLook> = {
  tasks: [{ id: "t", image: null, health: "starting" }],
  rollout: { id: "r9", phase: "rolling", revision: "unknown-revision", causes: [], requestsServed: 0 },
};
const throttled = new PortError("services.inspect", "none", "throttled");

const table: readonly {
  readonly name: string;
  /** What a look says, by the seconds since the order. */
  readonly says: (seconds: number) => Partial<ServiceLook> | PortError;
  readonly ending: object;
}[] = [
  {
    name: "good looks, then silence until the limit: could not tell, and nothing is put back",
    says: (seconds) => (seconds < 10 ? starting : throttled),
    ending: { kind: "open", code: "could-not-tell" },
  },
  {
    name: "silence from the order until the limit: could not tell, and nothing is put back",
    says: () => throttled,
    ending: { kind: "open", code: "could-not-tell" },
  },
  {
    name: "silence that ends, and never healthy: a no",
    says: (seconds) => (seconds > 10 && seconds < 200 ? throttled : starting),
    ending: { kind: "reverted", because: "failure" },
  },
];
test("a service that changes its own files fails at once, by the file's name, and what ran is put back", async () => {
  const simulation = new Simulation();
  await simulation.begin();
  const [old, release] = [await simulation.publish("aaa1", []), await simulation.publish("bbb2", [])];
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  const begunAt = simulation.clock.monotonic();
  const report = await runBent(simulation, { sha: release.sha }, (world) => ({
    ...world,
    connect: async (target) => {
      const ports = await world.connect(target);
      const inspect: typeof ports.services.inspect = async (service) => {
        const look = await ports.services.inspect(service);
        const { wanted } = look;
        if (wanted === null || wanted === "unknown-revision" || wanted.sha !== release.sha) return look;
        const edited = { image: wanted.image, path: "data/cache.txt" };
        return { ...look, tasks: [{ id: "new", image: digestOf("other"), health: "healthy", edited }] };
      };
      return { ...ports, services: { ...ports.services, inspect } };
    },
  }));
  expect(report?.ending).toMatchObject({ kind: "reverted", because: "failure" });
  expect(report?.failure).toMatchObject({ code: "digest-mismatch", cause: expect.stringContaining("data/cache.txt") });
  expect(simulation.clock.monotonic() - begunAt).toBeLessThan(100_000);
});

/** Of a roll, and a look more; afterwards the platform says again what is so. */
const limitSeconds = 301;

test.each(table)("$name", async ({ says, ending }) => {
  const simulation = new Simulation();
  await simulation.begin();
  const [old, release] = [await simulation.publish("aaa1", []), await simulation.publish("bbb2", [])];
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  let orderedAt = Number.POSITIVE_INFINITY;
  const report = await runBent(simulation, { sha: release.sha }, (world) => ({
    ...world,
    connect: async (target) => {
      const ports = await world.connect(target);
      const roll: typeof ports.services.roll = async (shape, revision, permit) => {
        await ports.services.roll(shape, revision, permit);
        if (shape.name === "api") orderedAt = Math.min(orderedAt, simulation.clock.monotonic());
      };
      const inspect: typeof ports.services.inspect = async (service) => {
        const look = await ports.services.inspect(service);
        const seconds = (simulation.clock.monotonic() - orderedAt) / 1000;
        if (service !== "api" || seconds < 0 || seconds > limitSeconds) return look;
        const said = says(seconds);
        if (said instanceof PortError) throw said;
        return { ...look, ...said };
      };
      return { ...ports, services: { ...ports.services, roll, inspect } };
    },
  }));
  expect(report?.ending).toMatchObject(ending);
  expect(simulation.environment.services.get("api")?.wanted?.sha === release.sha).toBe(report?.ending.kind === "open");
});
