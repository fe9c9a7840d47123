import { expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

/** Calls that end when they are told to; `under` is what is under way, and `most` the most that ever was. */
function calls(budget: ByteBudget) {
  const seen = { under: 0, most: 0, order: [] as number[] };
  const ends: (() => void)[] = [];
  const start = (bytes: number, fails = false) =>
    budget.spend(bytes, async () => {
      seen.under += bytes;
      seen.most = Math.max(seen.most, seen.under);
      seen.order.push(bytes);
      await new Promise<void>((resolve) => ends.push(resolve));
      seen.under -= bytes;
      if (fails) throw new Error("failed");
    });
  const endOne = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { seen, start, endOne };
}

test("never carries more at once than its limit, and everything comes through in the order in which it came", async () => {
  const { seen, start, endOne } = calls(new ByteBudget(10));
  const sizes = [4, 4, 4, 1, 9, 2, 3];
  const all = sizes.map((bytes) => start(bytes));
  for (const _ of sizes) await endOne();
  await Promise.all(all);
  expect(seen).toEqual({ under: 0, most: 10, order: sizes });
});

test("lets what is larger than the whole through alone", async () => {
  const { seen, start, endOne } = calls(new ByteBudget(10));
  const all = [start(3), start(25), start(3)];
  expect(seen.order).toEqual([3]);
  await endOne();
  expect(seen.order).toEqual([3, 25]);
  await endOne();
  await endOne();
  await Promise.all(all);
  expect(seen.order).toEqual([3, 25, 3]);
});

test("a call that fails gives back what it held", async () => {
  const { seen, start, endOne } = calls(new ByteBudget(10));
  const failing = expect(start(10, true)).rejects.toThrow("failed");
  const next = start(10);
  await endOne();
  await failing;
  await endOne();
  await next;
  expect(seen.order).toEqual([10, 10]);
});
