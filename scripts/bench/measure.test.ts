import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { compared } from "./figure.ts";
import { interleave, median, ratios, WaitTimer } from "./measure.ts";

test("the median of an even number of samples lies between the middle two", () => {
  expect(median([4, 1, 3, 100])).toBe(3.5);
  expect(median([9, 1, 5])).toBe(5);
});

test("a slow stretch of the machine does not change a ratio, since each round has its own", () => {
  expect(ratios([10, 100, 10], [5, 50, 5])).toEqual([2, 2, 2]);
  const figure = compared({ name: "ours", samples: [10, 90, 12] }, { name: "theirs", samples: [5, 45, 6] });
  expect(figure).toMatchObject({ value: 12, best: 10, beside: { value: 6, best: 5 }, ratio: { median: 2, best: 2 } });
});

test("every subject runs once a round and none is always first", async () => {
  const order: string[] = [];
  const samples = await interleave(2, { a: async () => order.push("a"), b: async () => order.push("b") });
  expect(order.join("")).toBe("abbaab");
  expect(samples.a).toHaveLength(2);
  expect(samples.b).toHaveLength(2);
});

test("waits that overlap are counted once", async () => {
  const timer = new WaitTimer();
  const start = performance.now();
  await Promise.all([timer.around(() => delay(60)), timer.around(() => delay(60)), timer.around(() => delay(60))]);
  const took = performance.now() - start;
  const waited = timer.take();
  expect(waited).toBeGreaterThan(50);
  expect(waited).toBeLessThanOrEqual(took);
  expect(timer.take()).toBe(0);
});
