import { expect, test } from "vitest";
import { type Curve, curveLines, exponentOf, slopeOf, whyWorseThanLinear } from "./growth.ts";

const along = (sizes: readonly number[], law: (n: number) => number) =>
  sizes.map((size) => ({ size, value: law(size), clock: null, calls: null }));
const curveOf = (law: (n: number) => number, sizes = [10, 100, 1_000]): Curve => ({
  axis: "releases",
  name: "publish",
  unit: "ms",
  points: along(sizes, law),
});

test("the slope is the power where nothing is constant", () => {
  expect(slopeOf(along([10, 100, 1_000], (n) => 3 * n ** 2))).toBeCloseTo(2);
  expect(slopeOf(along([1, 10, 50], (n) => 7 * n))).toBeCloseTo(1);
  expect(slopeOf(along([10], (n) => n))).toBeNull();
});

test("the fit finds the power under a constant part, between sizes of any ratio", () => {
  for (const k of [0.5, 1, 1.5, 2]) {
    expect(exponentOf(along([10, 100, 1_000], (n) => 400 + 0.3 * n ** k))).toBeCloseTo(k);
    expect(exponentOf(along([1, 10, 50], (n) => 90 + 2 * n ** k))).toBeCloseTo(k);
  }
  expect(exponentOf(along([10, 100, 1_000], () => 5))).toBeNull();
});

test("what is quadratic is named, also under a large constant part", () => {
  expect(whyWorseThanLinear(curveOf((n) => n ** 2 / 100))).toContain("publish is worse than linear in releases");
  expect(whyWorseThanLinear(curveOf((n) => 400 + n ** 2 / 1_000))).toContain("1400 ms at 1,000");
  expect(whyWorseThanLinear(curveOf((n) => 20 + n ** 2 / 10, [1, 10, 50]))).not.toBeNull();
});

test("what is linear or nearly so, short, or merely noisy is not", () => {
  expect(whyWorseThanLinear(curveOf((n) => n))).toBeNull();
  expect(whyWorseThanLinear(curveOf((n) => 400 + n))).toBeNull();
  expect(whyWorseThanLinear(curveOf((n) => n ** 2 / 30_000))).toBeNull();
  const noisy = { 10: 400, 100: 402, 1000: 450 } as Record<number, number>;
  expect(whyWorseThanLinear(curveOf((n) => noisy[n] ?? 0))).toBeNull();
  const dented = { 1: 40, 10: 32, 50: 55 } as Record<number, number>;
  expect(whyWorseThanLinear(curveOf((n) => dented[n] ?? 0, [1, 10, 50]))).toBeNull();
});

test("rounds of a size that differ are no growth, and hide none", () => {
  const spread = (law: (n: number) => number, share: number): Curve => ({
    ...curveOf(law),
    points: along([10, 100, 1_000], law).map((point) => ({ ...point, dearest: point.value * share })),
  });
  const steps = { 10: 37, 100: 104, 1000: 1374 } as Record<number, number>;
  expect(whyWorseThanLinear(spread((n) => steps[n] ?? 0, 1))).not.toBeNull();
  expect(whyWorseThanLinear(spread((n) => steps[n] ?? 0, 1.6))).toBeNull();
  expect(whyWorseThanLinear(spread((n) => n ** 2 / 100, 2))).not.toBeNull();
  const start = { 10: 670, 100: 619, 1000: 1786 } as Record<number, number>;
  expect(whyWorseThanLinear(spread((n) => start[n] ?? 0, 1))).not.toBeNull();
  expect(whyWorseThanLinear(spread((n) => start[n] ?? 0, 1.15))).toBeNull();
  expect(whyWorseThanLinear(spread((n) => 600 + n ** 2 / 200, 1.15))).not.toBeNull();
});

test("the table names each size once and each curve once", () => {
  const lines = curveLines([curveOf((n) => n), { ...curveOf((n) => n * 2), name: "settle" }]);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^releases .*10 .*100 .*1,000 /);
  expect(lines[2]).toMatch(/^settle .*2,000 ms +n\^1\.00 +n\^1\.00$/);
});
