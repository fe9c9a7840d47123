import { describe, expect, test } from "vitest";
import { playHistory } from "../../test/ecs/history.ts";

/** `npm run test:ecs` plays 10,000 of each. */
const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

describe("random histories on ECS, with lag, throttling and lost answers", () => {
  test("that are healthy are never called a failure", async () => {
    for (const seed of seeds) {
      const { report, isTrue } = await playHistory(seed, "healthy");
      expect({ seed, status: report.status, isTrue, cause: report.failure?.cause }).toEqual({
        seed,
        status: "done",
        isTrue: true,
      });
    }
  });

  test("that are ill are never called done", async () => {
    for (const seed of seeds) {
      const { report } = await playHistory(seed, "ill");
      expect({ seed, status: report.status }).not.toEqual({ seed, status: "done" });
    }
  });
});
