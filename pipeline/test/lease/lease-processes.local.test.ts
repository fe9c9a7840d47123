import { expect, test } from "vitest";
import { playRealRounds } from "./rounds.ts";

test("processes that are killed and stopped never share an epoch, write past the fence, or wait for ever", async () => {
  const pace = { workers: 4, faultEveryMilliseconds: 80, roundSeconds: 7 };
  // One round, or more of them where the machine is busy with other things.
  const { problems, tally, kills, stops } = await playRealRounds(pace, { from: 1, acquisitions: 100, seconds: 40 });
  expect(problems).toEqual([]);
  expect(tally.acquisitions).toBeGreaterThanOrEqual(100);
  expect(tally.acted).toBeGreaterThanOrEqual(100);
  expect(tally.takenOver).toBeGreaterThanOrEqual(5);
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(stops).toBeGreaterThanOrEqual(20);
}, 120_000);
