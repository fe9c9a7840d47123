import { expect, test } from "vitest";
import { instantOf, octocat } from "../../test/builders.ts";
import { runBent } from "../../test/simulation/run-bent.ts";
import type { SimRelease } from "../../test/simulation/sim-releases.ts";
import { Simulation } from "../../test/simulation/simulation.ts";
import { PortError } from "../errors.ts";
import { readHold, writeHold } from "../ledger/hold.ts";
import { holdKey } from "../ledger/keys.ts";
import { readStanding } from "../ledger/read-ledger.ts";

const at = instantOf("2026-11-19T12:00");
const seen = { by: octocat, at, reason: "looking into it" };
const later = { by: octocat, at, reason: "incident 12" };

async function withOneRelease(): Promise<{ simulation: Simulation; old: SimRelease; release: SimRelease }> {
  const simulation = new Simulation();
  await simulation.begin();
  const [old, release] = [await simulation.publish("aaa1", []), await simulation.publish("bbb2", [])];
  await simulation.run({ sha: old.sha });
  await simulation.pause();
  return { simulation, old, release };
}

test("a person's promotion lifts the hold that it was told of", async () => {
  const { simulation, release } = await withOneRelease();
  await writeHold(simulation.store, simulation.name, seen);
  const { report } = await simulation.run({ sha: release.sha, trigger: "person" });
  expect(report?.ending).toMatchObject({ kind: "done" });
  expect(await readHold(simulation.store, simulation.name)).toBeNull();
});

const before = [
  { name: "none", hold: null },
  { name: "another one", hold: seen },
] as const;
test.each(before)(
  "a hold that was set while a person promoted stays, where there was $name before",
  async ({ hold }) => {
    const { simulation, release } = await withOneRelease();
    if (hold) await writeHold(simulation.store, simulation.name, hold);
    const report = await runBent(simulation, { sha: release.sha, trigger: "person" }, (world) => ({
      ...world,
      connect: async (target) => {
        const ports = await world.connect(target);
        const roll: typeof ports.services.roll = async (...order) => {
          await writeHold(simulation.store, simulation.name, later);
          return ports.services.roll(...order);
        };
        return { ...ports, services: { ...ports.services, roll } };
      },
    }));
    expect(report?.ending).toMatchObject({ kind: "done" });
    expect(await readHold(simulation.store, simulation.name)).toEqual(later);
  },
);

test("a run that stood still after its done does not lift the hold of the rollback that came after it", async () => {
  const { simulation, release } = await withOneRelease();
  await writeHold(simulation.store, simulation.name, seen);
  const key = holdKey(simulation.name);
  const rollback = { ending: "" };
  const report = await runBent(simulation, { sha: release.sha, trigger: "person" }, (world) => ({
    ...world,
    store: {
      ...world.store,
      get: async (asked) => {
        const done = (await readStanding(simulation.store, simulation.name)).good[0]?.sha === release.sha;
        if (asked === key && done && rollback.ending === "") {
          rollback.ending = "under way";
          const back = await simulation.run({ action: "rollback", sha: null, reason: "it is on fire" });
          rollback.ending = back.report?.ending.kind ?? "crashed";
        }
        return world.store.get(asked);
      },
    },
  }));
  expect([report?.ending.kind, rollback.ending]).toEqual(["done", "done"]);
  expect(await readHold(simulation.store, simulation.name)).toMatchObject({ reason: "it is on fire" });
});

test("a run that slept after its done, and so lost its lease, lifts nothing and is done all the same", async () => {
  const { simulation, release } = await withOneRelease();
  await writeHold(simulation.store, simulation.name, seen);
  const report = await runBent(simulation, { sha: release.sha, trigger: "person" }, (world) => ({
    ...world,
    store: {
      ...world.store,
      get: async (asked) => {
        const isDone = (await readStanding(simulation.store, simulation.name)).good[0]?.sha === release.sha;
        if (asked === holdKey(simulation.name) && isDone) simulation.clock.suspend(60_000);
        return world.store.get(asked);
      },
    },
  }));
  expect(report).toMatchObject({ ending: { kind: "done" }, exit: 0 });
  expect(await readHold(simulation.store, simulation.name)).toEqual(seen);
});

test("a recorded done stays done where the hold cannot be read, and the copy of the standing is written", async () => {
  const { simulation, release } = await withOneRelease();
  simulation.store.plant(holdKey(simulation.name), new TextEncoder().encode("{"));
  const { report } = await simulation.run({ sha: release.sha, trigger: "person" });
  expect(report).toMatchObject({ ending: { kind: "done" }, exit: 0 });
  await expect(readHold(simulation.store, simulation.name)).rejects.toMatchObject({ code: "store-unusable" });
  expect(await simulation.atRest()).toEqual([]);
});

test("a recorded done stays done where the hold became unreadable while it ran", async () => {
  const { simulation, release } = await withOneRelease();
  await writeHold(simulation.store, simulation.name, seen);
  const report = await runBent(simulation, { sha: release.sha, trigger: "person" }, (world) => ({
    ...world,
    redact: (text) => text,
    emit: (event) => {
      if (event.type === "run:start") simulation.store.plant(holdKey(simulation.name), new TextEncoder().encode("{"));
    },
  }));
  expect(report).toMatchObject({ ending: { kind: "done" }, exit: 0 });
});

test("a rollback holds the environment in place of a hold that cannot be read", async () => {
  const { simulation, old, release } = await withOneRelease();
  await simulation.run({ sha: release.sha });
  await simulation.pause();
  simulation.store.plant(holdKey(simulation.name), new TextEncoder().encode("{"));
  const { report } = await simulation.run({ action: "rollback", sha: old.sha, reason: "it is on fire" });
  expect(report).toMatchObject({ ending: { kind: "done", held: true }, exit: 0 });
  expect(await readHold(simulation.store, simulation.name)).toMatchObject({ reason: "it is on fire" });
});

test("an outcome that cannot be written leaves the promotion open, and the same command writes it", async () => {
  const { simulation, release } = await withOneRelease();
  const isOutcome = (body: Uint8Array): boolean => new TextDecoder().decode(body).includes('"kind":"outcome"');
  const report = await runBent(simulation, { sha: release.sha }, (world) => ({
    ...world,
    store: {
      ...world.store,
      putIfAbsent: async (key, body) => {
        if (isOutcome(body)) throw new PortError(`put ${key}`, "none", "no space left");
        return world.store.putIfAbsent(key, body);
      },
    },
  }));
  expect(report).toMatchObject({
    ending: { kind: "open", code: "record-failed", because: expect.stringContaining("no space left") },
    exit: 7,
  });
  await simulation.pause();
  const { report: again } = await simulation.run({ sha: release.sha });
  expect(again).toMatchObject({ ending: { kind: "done" }, exit: 0, resumes: report?.epoch });
  const isVisible = (kind: string): boolean => ["run-migrations", "roll-service", "switch-web"].includes(kind);
  const changed = again?.steps.filter(({ step, report: seen }) => isVisible(step.kind) && seen.changed);
  expect(changed).toEqual([]);
});
