import { expect, test } from "vitest";
import type { TimelineDocument, TimelineEpoch } from "../../src/board/documents.ts";
import { drawingOf, nearestPoint, scaleOf } from "./geometry.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
const from = "2026-11-13T00:00:00Z";
const until = "2026-11-20T00:00:00Z";
const anEpoch = (epoch: number, startedAt: string, endedAt: string | null = startedAt): TimelineEpoch => ({
  epoch,
  sha,
  startedAt,
  endedAt,
  mark: "done",
  ended: "done",
  by: "octocat",
});
const timeline = (
  fields: Partial<TimelineDocument["environments"][number]>,
  freezes: TimelineDocument["freezes"] = [],
): TimelineDocument => ({
  kind: "timeline",
  version: 1,
  from,
  until,
  environments: [
    { env: "staging", because: null, runs: [], epochs: [] },
    { env: "prod", because: null, runs: [], epochs: [], ...fields },
  ],
  freezes,
  subjects: {},
});
const prod = (document: TimelineDocument, width = 818) => {
  const [track] = drawingOf(document, width).tracks;
  if (!track) throw new Error("no track");
  return track;
};

test("time runs from the left edge to now at the right one, and stays inside", () => {
  const { x } = scaleOf({ from, until }, 108, 818);
  expect(x(Date.parse(from))).toBe(108);
  expect(x(Date.parse(until))).toBe(808);
  expect(x(Date.parse("2026-11-16T12:00:00Z"))).toBe(458);
  expect(x(Date.parse("2025-01-01T00:00:00Z"))).toBe(108);
  expect(x(Date.parse("2027-01-01T00:00:00Z"))).toBe(808);
});

test("the top of the ladder is drawn on top", () => {
  expect(drawingOf(timeline({}), 818).tracks.map(({ env }) => env)).toEqual(["prod", "staging"]);
});

test("names stand above where the page is narrow, so that time has the width", () => {
  const wide = drawingOf(timeline({}), 818);
  const narrow = drawingOf(timeline({}), 320);
  expect([wide.namesAbove, narrow.namesAbove]).toEqual([false, true]);
  expect(narrow.left).toBeLessThan(wide.left);
  expect(narrow.height).toBeGreaterThan(wide.height);
});

test("a stay that goes on ends now; one that began earlier begins at the edge; one that was over is not drawn", () => {
  const { stays } = prod(
    timeline({
      runs: [
        { sha, from: "2026-10-01T00:00:00Z", until: "2026-11-01T00:00:00Z" },
        { sha, from: "2026-11-01T00:00:00Z", until: "2026-11-16T12:00:00Z" },
        { sha, from: "2026-11-16T12:00:00Z", until: null },
      ],
    }),
  );
  expect(stays.map(({ x, width, isNamed }) => ({ x, width, isNamed }))).toEqual([
    { x: 108, width: 350, isNamed: true },
    { x: 458, width: 350, isNamed: true },
  ]);
});

test("a stay is not named where an epoch stands in the way of its name, or where it is short", () => {
  const run = { sha, from: "2026-11-16T12:00:00Z", until: null };
  const crossed = prod(timeline({ runs: [run], epochs: [anEpoch(2, "2026-11-16T20:00:00Z")] }));
  expect(crossed.stays[0]?.isNamed).toBe(false);
  const short = prod(timeline({ runs: [{ ...run, until: "2026-11-16T18:00:00Z" }] }));
  expect(short.stays[0]?.isNamed).toBe(false);
});

test("an epoch stands where it ended, an open one where it began", () => {
  const { marks } = prod(
    timeline({
      epochs: [anEpoch(2, "2026-11-19T12:00:00Z", null), anEpoch(1, "2026-11-14T00:00:00Z", "2026-11-16T12:00:00Z")],
    }),
  );
  expect(marks.map(({ epoch, x }) => [epoch.epoch, x])).toEqual([
    [1, 458],
    [2, 758],
  ]);
});

test("epochs that stand close to each other are crowded, others are not", () => {
  const { marks } = prod(
    timeline({
      epochs: [
        anEpoch(1, "2026-11-14T00:00:00Z"),
        anEpoch(2, "2026-11-16T12:00:00Z"),
        anEpoch(3, "2026-11-16T13:00:00Z"),
      ],
    }),
  );
  expect(marks.map(({ isCrowded }) => isCrowded)).toEqual([false, true, true]);
});

test("a freeze is cut at the edges, and named where there is room", () => {
  const freeze = { env: "prod", name: "quarter close", zone: "Europe/Berlin" };
  const { freezes } = prod(
    timeline({}, [
      { ...freeze, from: "2026-11-18T12:00:00Z", until: "2026-11-25T12:00:00Z" },
      { ...freeze, from: "2026-11-14T12:00:00Z", until: "2026-11-14T13:00:00Z" },
      { ...freeze, env: "staging", from, until },
    ]),
  );
  expect(freezes.map(({ width, isNamed }) => [width, isNamed])).toEqual([
    [150, true],
    [4.2, false],
  ]);
});

test("a pointer means the nearest epoch within reach, of two at one place the newer", () => {
  const { marks } = prod(
    timeline({
      epochs: [
        anEpoch(1, "2026-11-14T00:00:00Z"),
        anEpoch(2, "2026-11-16T12:00:00Z"),
        anEpoch(3, "2026-11-16T12:00:00Z"),
      ],
    }),
  );
  expect(nearestPoint(marks, 460)?.epoch.epoch).toBe(3);
  expect(nearestPoint(marks, 210)?.epoch.epoch).toBe(1);
  expect(nearestPoint(marks, 330)).toBeNull();
});

test("a thousand epochs are laid out at once", () => {
  const epochs = Array.from({ length: 1000 }, (_, index) =>
    anEpoch(index + 1, new Date(Date.parse(from) + index * 600_000).toISOString()),
  );
  const began = performance.now();
  expect(prod(timeline({ epochs })).marks).toHaveLength(1000);
  expect(performance.now() - began).toBeLessThan(100);
});
