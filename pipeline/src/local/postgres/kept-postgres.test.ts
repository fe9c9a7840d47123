import { expect, test } from "vitest";
import { waitAfterStart } from "./kept-postgres.ts";

/** Waits after starts of servers that lived so long, each seen dead only at the end of the wait before. */
function waits(lives: readonly number[], first = 500): readonly number[] {
  let last = first;
  return lives.map((lived) => {
    last = waitAfterStart(last, lived + last);
    return last;
  });
}

test("a server that ends at once again and again is started after twice the time, and at least once a minute", () => {
  expect(waits(Array(9).fill(0))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test("one that lived for a while is looked at as often as at the beginning", () => {
  expect(waits([0, 0, 0, 5_000, 0])).toEqual([1_000, 2_000, 4_000, 500, 1_000]);
  expect(waits([5_000], 60_000)).toEqual([500]);
});

test("one that ended just before it counts as living is not", () => {
  expect(waits([4_999, 4_999])).toEqual([1_000, 2_000]);
});

test("the wait that passed before somebody looked is no life", () => {
  expect(waitAfterStart(60_000, 60_000)).toBe(60_000);
  expect(waitAfterStart(60_000, 64_999)).toBe(60_000);
});
