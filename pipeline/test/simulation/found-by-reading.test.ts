import { expect, test } from "vitest";
import { readTarget, writeTarget } from "../../src/environment/read-target.ts";
import { currentKey, historyKey } from "../../src/ledger/keys.ts";
import { readLease } from "../../src/ledger/lease-look.ts";
import { localTiming } from "../../src/ledger/lease-timing.ts";
import { readHistory, readStanding } from "../../src/ledger/read-ledger.ts";
import { runUnderLease } from "../../src/ledger/run-under-lease.ts";
import { verifyHistory } from "../../src/ledger/verify-history.ts";
import type { EnvironmentPorts } from "../../src/ports.ts";
import type { PromotionWorld } from "../../src/promotion/run.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Gate } from "./gate.ts";
import { runBent } from "./run-bent.ts";
import type { SimRelease } from "./sim-releases.ts";
import { Simulation } from "./simulation.ts";

/* Stories that a second reader found to end badly: none is a fault of a single call, so the explorer does not meet them. */

const begun = async (): Promise<Simulation> => {
  const simulation = new Simulation();
  await simulation.begin();
  return simulation;
};

test("Ctrl-C while a migration runs: nothing is recorded as put back before its task has ended", async () => {
  const simulation = new Simulation(null, { landsMilliseconds: 500, taskMilliseconds: 20_000 });
  await simulation.begin();
  const old = await simulation.publish("aaa1", ["m1"]);
  const next = await simulation.publish("bbb2", ["m1", "m2"]);
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  const abort = new AbortController();
  let mode: "put-back" | null = null;
  const report = await runBent(simulation, { sha: next.sha }, (world) => ({
    ...world,
    interrupt: { mode: () => mode, signal: abort.signal },
    connect: async (target) => {
      const ports = await world.connect(target);
      const inspect: typeof ports.tasks.inspect = async (key) => {
        const state = await ports.tasks.inspect(key);
        if (state?.status === "running") {
          mode = "put-back";
          abort.abort(new Error("Ctrl-C"));
        }
        return state;
      };
      return { ...ports, tasks: { ...ports.tasks, inspect } };
    },
  }));
  expect(report).toMatchObject({ exit: 130, environment: "unchanged" });
  const atTheOutcome = [...simulation.environment.database.applied];
  await simulation.clock.run(simulation.clock.sleep(60_000));
  simulation.environment.settle();
  expect(simulation.environment.database.applied).toEqual(atTheOutcome);
  expect(await readStanding(simulation.store, simulation.name)).toMatchObject({ openMigration: null });
});

test("what a superseded promotion left is taken away by whatever comes after it", async () => {
  const simulation = await begun();
  const old = await simulation.publish("aaa1", [], null, ["api"]);
  const more = await simulation.publish("bbb2", [], null, ["api", "worker"]);
  const last = await simulation.publish("ccc3", [], null, ["api"]);
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  expect(await runBent(simulation, { sha: more.sha }, superseding([more], dyingAt("invalidate")))).toBeNull();
  await simulation.pause();
  expect(await runBent(simulation, { sha: last.sha }, superseding([more], dyingAt("roll")))).toBeNull();
  await simulation.pause();
  const report = await runBent(simulation, { sha: last.sha }, superseding([more], unbent));
  expect(report?.ending).toMatchObject({ kind: "done" });
  expect(simulation.environment.services.get("worker")?.wanted ?? null).toBeNull();
});

test("an image that a superseded promotion left is no stranger's", async () => {
  const simulation = await begun();
  const old = await simulation.publish("aaa1", [], null, ["api"]);
  const more = await simulation.publish("bbb2", [], null, ["api"]);
  const last = await simulation.publish("ccc3", [], null, ["api"]);
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  expect(await runBent(simulation, { sha: more.sha }, superseding([more], dyingAt("invalidate")))).toBeNull();
  await simulation.pause();
  expect(await runBent(simulation, { sha: last.sha }, superseding([more], dyingAt("roll")))).toBeNull();
  await simulation.pause();
  const fix = await simulation.publish("ddd4", [], null, ["api"]);
  const report = await runBent(simulation, { sha: fix.sha }, superseding([more, last], unbent));
  expect(report?.decision?.reasons.map(({ code }) => code)).toEqual([]);
  expect(report?.ending).toMatchObject({ kind: "done" });
});

test("infrastructure that is changed while a run waits is what it acts through", async () => {
  const simulation = await begun();
  const release = await simulation.publish("aaa1", []);
  const connected: string[] = [];
  let changed = false;
  const report = await runBent(simulation, { sha: release.sha }, (world) => ({
    ...world,
    connect: async (target) => {
      connected.push(JSON.stringify(target.site));
      if (!changed) {
        changed = true;
        await writeTarget(simulation.store, { ...target, site: { ...(target.site as object), cluster: "new" } });
      }
      return world.connect(target);
    },
  }));
  expect(report?.ending).toMatchObject({ kind: "done" });
  expect(connected.at(-1)).toContain("new");
  const { settled, good } = await readStanding(simulation.store, simulation.name);
  expect(settled).toBe(1);
  expect(good[0]?.targetDigest).toBe((await readTarget(simulation.store, simulation.name))?.digest);
});

test("--expect is asked of a resumption too, and another plan turns nothing back", async () => {
  const simulation = await begun();
  const release = await simulation.publish("aaa1", []);
  await runBent(simulation, { sha: release.sha }, dyingAt("roll"));
  await simulation.pause();
  const { report } = await simulation.run({ sha: release.sha, expect: "000000000000" });
  expect(report).toMatchObject({ ending: { kind: "refused" }, exit: 3, environment: "unchanged" });
  expect((await readStanding(simulation.store, simulation.name)).unfinished).toMatchObject({ turned: null });
  const { report: finished } = await simulation.run({ sha: release.sha });
  expect(finished?.ending).toMatchObject({ kind: "done" });
});

test("a ledger that was cut and went on is noticed, by everybody who reads it", async () => {
  const simulation = await begun();
  const [one, two] = [await simulation.publish("aaa1", []), await simulation.publish("bbb2", [])];
  await simulation.run({ sha: one.sha });
  await simulation.pause();
  await simulation.run({ sha: two.sha });
  const { store, name } = simulation;
  const before = (await readHistory(store, name)).length;
  const copy = await store.get(currentKey(name));
  if (!copy) throw new Error("no copy");
  const open = (await readHistory(store, name)).findIndex(({ record }) => record.epoch === 2);
  for (let seq = open + 1; seq <= before; seq += 1) simulation.store.remove(historyKey(name, seq));
  simulation.store.remove(currentKey(name));
  // Its fences went back with it; otherwise the run would be refused before it wrote anything.
  simulation.environment.web = { ...simulation.environment.web, epoch: 1 };
  await simulation.pause();
  await simulation.run({ sha: two.sha, reason: "again" });
  simulation.store.plant(currentKey(name), copy.body);
  await expect(readStanding(store, name)).rejects.toThrow("current.json holds another hash of it");
  expect(await verifyHistory(store, name)).toMatchObject({ ok: false });
});

test("a first promotion that could not be put back is left by the rollback that its refusal names", async () => {
  const simulation = await begun();
  const release = await simulation.publish("aaa1", []);
  simulation.broken.add(release.worker);
  const report = await runBent(simulation, { sha: release.sha }, neverRetiring);
  expect(report?.ending).toMatchObject({ kind: "partial" });
  await simulation.pause();
  const { report: back } = await simulation.run({ action: "rollback", sha: null });
  expect(back).toMatchObject({ exit: 0, environment: "reverted" });
});

test("pages that follow another ledger are left alone, and nobody is said to have taken over", async () => {
  const simulation = await begun();
  const release = await simulation.publish("aaa1", []);
  simulation.environment.web = { web: null, epoch: 3 };
  // However often: a try that counted would reach the fence in the end, and pass it.
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await expect(simulation.run({ sha: release.sha })).rejects.toMatchObject({ code: "store-unusable" });
    expect(await readLease(simulation.store, simulation.name)).toMatchObject({ state: "free" });
  }
  expect(await readStanding(simulation.store, simulation.name)).toMatchObject({ epoch: 0 });
  expect(simulation.environment.services.get("api")?.wanted ?? null).toBeNull();
});

type Bend = (world: PromotionWorld, gate: Gate) => PromotionWorld;
const withPorts = (world: PromotionWorld, change: (ports: EnvironmentPorts) => EnvironmentPorts): PromotionWorld => ({
  ...world,
  connect: async (target) => change(await world.connect(target)),
});

/** The process dies at the first such call. */
const dyingAt =
  (call: "roll" | "invalidate"): Bend =>
  (world, gate) =>
    withPorts(world, (ports) => {
      const die = async (): Promise<never> => {
        throw gate.kill();
      };
      return call === "roll"
        ? { ...ports, services: { ...ports.services, roll: die } }
        : { ...ports, web: { ...ports.web, invalidate: die } };
    });

/** Another commit may take the place of an interrupted one. */
const superseding =
  (between: readonly SimRelease[], bend: Bend): Bend =>
  (world, gate) => {
    const { policy } = world.policy;
    const environments = policy.environments.map((one) => ({ ...one, supersede: true }));
    const commits = between.map(({ sha }) => ({ sha, subject: "more" }));
    const source = { ...world.source, between: async () => commits };
    return bend({ ...world, source, policy: { ...world.policy, policy: { ...policy, environments } } }, gate);
  };
const unbent: Bend = (world) => world;

/** Nothing that was started can be taken down. */
const neverRetiring: Bend = (world) =>
  withPorts(world, (ports) => ({ ...ports, services: { ...ports.services, retire: async () => undefined } }));

test("on another database, a rollback of an open promotion is refused, and the same promotion goes on", async () => {
  const simulation = await begun();
  const old = await simulation.publish("aaa1", ["m1"]);
  const next = await simulation.publish("bbb2", ["m1", "m2"]);
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  const calls = (await simulation.fork().run({ sha: next.sha })).calls;
  const roll = calls.find(({ name }) => name.startsWith("services.roll"))?.call ?? 0;
  await simulation.run({ sha: next.sha }, [{ call: roll, kind: "crash-after" }]);
  await simulation.pause();
  await emptyDatabase(simulation);
  await simulation.pause();
  const back = await simulation.run({ action: "rollback", sha: null });
  expect(back.report).toMatchObject({ ending: { kind: "refused" }, exit: 3 });
  expect(back.report?.decision?.reasons.map(({ code }) => code)).toContain("schema-incompatible");
  await simulation.pause();
  expect((await simulation.run({ sha: next.sha })).report).toMatchObject({ ending: { kind: "done" } });
  expect(simulation.environment.database.applied).toEqual(["m1", "m2"]);
});

/** As a purge does: the ledger is told, then everything is gone. */
async function emptyDatabase({ store, name, clock, environment: { database } }: Simulation): Promise<void> {
  const by = { id: "sim:somebody", name: "somebody" };
  const holder = { by, host: "here", runUrl: null, process: null };
  const acquire = { store, environment: name, clock, random: seededRandom("somebody"), timing: localTiming, holder };
  const work = runUnderLease({
    acquire: { ...acquire, waitMilliseconds: 0 },
    doing: "removes databases",
    run: async (_, __, { tellApplied }) => {
      await tellApplied([]);
      Object.assign(database, { applied: [], runs: [], fence: { epoch: 0, attempt: 0 } });
      return { failed: null };
    },
  });
  expect(await clock.run(work)).toMatchObject({ status: "ran" });
}
