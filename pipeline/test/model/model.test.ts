import { describe, expect, test } from "vitest";
import { cases } from "./cases.ts";
import { judgeCase } from "./judge-case.ts";

const small = cases.filter(({ size }) => size === "small");

describe("the protocol's model", () => {
  test.each(small.filter(({ breaks }) => breaks === null))(
    "holds: $name",
    (one) => {
      const { problem, explored } = judgeCase(one);
      expect(explored.states).toBeGreaterThan(10);
      expect(problem).toBeNull();
    },
    30_000,
  );

  test.each(small.filter(({ breaks }) => breaks !== null))(
    "breaks without $after: $name",
    (one) => {
      const { problem, explored } = judgeCase(one);
      expect(problem).toBeNull();
      expect(explored.broken[0]?.trace.length).toBeGreaterThan(2);
    },
    30_000,
  );
});
