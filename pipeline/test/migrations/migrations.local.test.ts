import { expect, test } from "vitest";
import { playContest } from "./contest.ts";

// On a machine that is busy with other tests; a statement that nobody cancels runs for twice as long.
const freedWithinMilliseconds = 2_000;

test("eight runners at once, killed and stopped, never run two migrations at a time, one twice, or get stuck", async () => {
  const contest = await playContest({ seed: 1, attempts: 200, processes: 8, arenas: 2, freedWithinMilliseconds });
  expect(contest.problems).toEqual([]);
  expect(contest.attempts).toBeGreaterThanOrEqual(200);
  expect(contest.ends.done).toBeGreaterThanOrEqual(80);
  expect(contest.applied).toBeGreaterThanOrEqual(30);
  expect(contest.kills).toBeGreaterThanOrEqual(3);
  expect(contest.freed.length).toBeGreaterThanOrEqual(2);
}, 180_000);
