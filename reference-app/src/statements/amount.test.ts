import { describe, expect, it } from "vitest";
import { amountCents, formatCents } from "./amount.ts";

describe("the amount of a statement", () => {
  it.each([
    { name: "whole hours", minutes: 120n, rate: 9_500n, cents: 19_000n },
    { name: "a third of a cent, down", minutes: 1n, rate: 20n, cents: 0n },
    { name: "two thirds of a cent, up", minutes: 2n, rate: 20n, cents: 1n },
    { name: "half a cent above an even one, down", minutes: 1n, rate: 30n, cents: 0n },
    { name: "half a cent above an odd one, up", minutes: 3n, rate: 30n, cents: 2n },
    { name: "half a cent above an even one, down again", minutes: 5n, rate: 30n, cents: 2n },
    { name: "nothing", minutes: 0n, rate: 9_500n, cents: 0n },
    {
      name: "more than a double holds exactly",
      minutes: 60n,
      rate: 9_007_199_254_740_993n,
      cents: 9_007_199_254_740_993n,
    },
  ])("rounds once, half to even: $name", ({ minutes, rate, cents }) => {
    expect(amountCents(minutes, rate)).toBe(cents);
  });

  it("refuses what is negative", () => {
    expect(() => amountCents(-1n, 1n)).toThrow(RangeError);
  });

  it.each([
    [0n, "0.00"],
    [5n, "0.05"],
    [123_456n, "1234.56"],
  ])("writes %s cents as %s", (cents, text) => {
    expect(formatCents(cents)).toBe(text);
  });
});
