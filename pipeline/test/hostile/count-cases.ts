import { afterAll, afterEach } from "vitest";
import { tell } from "./tell.ts";

/** Counts the tests of the file that asks, and tells how many held. */
export function countCases(promise: string, unit: string): void {
  const started = performance.now();
  let tries = 0;
  let failures = 0;
  afterEach(({ task }) => {
    tries += 1;
    if (task.result?.state === "fail") failures += 1;
  });
  afterAll(() => tell({ promise, tries, unit, failures, seconds: Math.round((performance.now() - started) / 1000) }));
}
