import { expect, test } from "vitest";
import { runBent } from "../../../test/simulation/run-bent.ts";
import { Simulation } from "../../../test/simulation/simulation.ts";
import { runnerResultMarker } from "../../migration/result-marker.ts";

const [first, second, third] = ["20261101_projects", "20261102_colour", "20261103_index"];

async function withOneRelease(): Promise<Simulation> {
  const simulation = new Simulation();
  await simulation.begin();
  const release = await simulation.publish("aaa1", [first]);
  await simulation.run({ sha: release.sha });
  await simulation.pause();
  return simulation;
}

/** Everything that is on record, as text. */
const historyOf = (simulation: Simulation): string =>
  [...simulation.store.entries()]
    .filter(([key]) => key.includes("/history/"))
    .map(([, { body }]) => new TextDecoder().decode(body))
    .join("\n");

const lists: readonly {
  readonly name: string;
  /** The list in the image; the release names all three. */
  readonly inImage: readonly string[];
  readonly cause: string | null;
}[] = [
  {
    name: "a runner that is done without one of the release's migrations",
    inImage: [first, second],
    cause: `the runner says done, but ${third} of the release is not applied`,
  },
  {
    name: "a runner that is done without any pending one",
    inImage: [first],
    cause: `the runner says done, but ${second} and 1 more of the release is not applied`,
  },
  { name: "a runner that is done with all of them", inImage: [first, second, third], cause: null },
];

test.each(lists)("$name", async ({ inImage, cause }) => {
  const simulation = await withOneRelease();
  const release = await simulation.publish("bbb2", [first, second, third]);
  simulation.registry.batches.set(release.api, { names: inImage, failing: null });
  const { report } = await simulation.run({ sha: release.sha });
  expect(report?.failure?.cause ?? null).toBe(cause);
  expect(report?.ending.kind).toBe(cause === null ? "done" : "reverted");
  expect(simulation.environment.services.get("api")?.wanted?.sha === release.sha).toBe(cause === null);
});

test("the next plan knows which migrations are still pending after a runner that was done too early", async () => {
  const simulation = await withOneRelease();
  const release = await simulation.publish("bbb2", [first, second]);
  simulation.registry.batches.set(release.api, { names: [first], failing: null });
  await simulation.run({ sha: release.sha });
  simulation.registry.batches.set(release.api, { names: [first, second], failing: null });
  await simulation.pause();
  const { report } = await simulation.run({ sha: release.sha });
  expect(report?.plan?.steps).toContainEqual(expect.objectContaining({ kind: "run-migrations", pending: [second] }));
  expect(report?.ending).toMatchObject({ kind: "done" });
  expect(simulation.environment.database.applied).toEqual([first, second]);
});

test("what the database says of a failing migration goes on record redacted", async () => {
  const simulation = await withOneRelease();
  const failing = "20261102_key_hunter2";
  const release = await simulation.publish("bbb2", [first, failing], failing);
  const report = await runBent(simulation, { sha: release.sha }, (world) => ({
    ...world,
    redact: (text) => text.replaceAll("key_hunter2", "***"),
  }));
  expect(report?.failure).toMatchObject({
    code: "migration-failed",
    cause: "23514 20261102_*** is violated by some row",
  });
  // What the runner reports to us is no line of a log.
  expect(report?.failure?.log.filter((line) => line.startsWith(runnerResultMarker))).toEqual([]);
  const steps = historyOf(simulation)
    .split("\n")
    .filter((record) => record.includes('"kind":"step"') || record.includes('"kind":"outcome"'));
  expect(steps.filter((record) => record.includes("hunter2"))).toEqual([]);
  expect(steps.some((record) => record.includes("***"))).toBe(true);
});
