import { expect, test } from "vitest";
import { playVirtualRounds } from "./rounds.ts";

test("a store that answers wrongly, or not at all, makes no two have one epoch and nobody wait for ever", async () => {
  const rounds = await playVirtualRounds({ from: 1, acquisitions: 200, seconds: 60 });
  expect(rounds.problems).toEqual([]);
  const { tally, kills, stops, struck } = rounds;
  expect(tally.acquisitions).toBeGreaterThanOrEqual(200);
  for (const kind of ["takenOver", "lost", "deposed", "lateRefused", "acted"] as const)
    expect([kind, tally[kind] > 0]).toEqual([kind, true]);
  expect(Math.min(kills, stops)).toBeGreaterThan(10);
  expect(Object.keys(struck)).toEqual([
    "409",
    "412-after",
    "412-before",
    "500-after",
    "500-before",
    "late",
    "stale-get",
    "stale-list",
    "unanswered-read",
  ]);
}, 60_000);

test("a round in memory is the same from the same seed", async () => {
  const wanted = { from: 7, acquisitions: 1, seconds: 60 };
  const { seconds: _one, ...first } = await playVirtualRounds(wanted);
  const { seconds: _other, ...second } = await playVirtualRounds(wanted);
  expect(second).toEqual(first);
}, 60_000);
