import { expect, test } from "vitest";
import type { TimelineDocument } from "../../src/board/documents.ts";
import { lastHours, lengthFor } from "./fit-span.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
const until = "2026-11-20T12:00:00.000Z";
const before = (hours: number): string => new Date(Date.parse(until) - hours * 3_600_000).toISOString();
const anEpoch = (epoch: number, hours: number) =>
  ({
    epoch,
    sha,
    startedAt: before(hours),
    endedAt: before(hours),
    mark: "done",
    ended: "done",
    by: "octocat",
  }) as const;
const timeline = (runs: readonly number[], epochs: readonly number[]): TimelineDocument => ({
  kind: "timeline",
  version: 1,
  from: before(168),
  until,
  environments: [
    { env: "dev", because: null, runs: [], epochs: epochs.map((hours, index) => anEpoch(index + 1, hours)) },
    { env: "prod", because: null, runs: runs.map((hours) => ({ sha, from: before(hours), until: null })), epochs: [] },
  ],
  freezes: [],
  subjects: {},
});

test.each([
  { name: "all within an hour", runs: [0.2], epochs: [0.5], hours: 1 },
  { name: "all within a day", runs: [0.2], epochs: [0.5, 3], hours: 24 },
  { name: "some days", runs: [50], epochs: [1], hours: 168 },
  { name: "a stay that began before the week", runs: [400], epochs: [], hours: 168 },
  { name: "nothing yet", runs: [], epochs: [], hours: 168 },
])("the timeline is as long as what there is to show: $name", ({ runs, epochs, hours }) => {
  expect(lengthFor(timeline(runs, epochs))).toBe(hours);
});

test("an hour of a longer time holds what reaches into it", () => {
  const { from, environments } = lastHours(timeline([50], [0.5, 3]), 1);
  expect(from).toBe(before(1));
  expect(environments.map(({ runs, epochs }) => [runs.length, epochs.map(({ epoch }) => epoch)])).toEqual([
    [0, [1]],
    [1, []],
  ]);
});

test("what is as long as was asked for stays as it is", () => {
  const document = timeline([50], [3]);
  expect(lastHours(document, 168)).toBe(document);
});
