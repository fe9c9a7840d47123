import { describe, expect, test } from "vitest";
import { explore } from "./explore.ts";
import { type Scenario, scenariosOf } from "./scenarios.ts";

const scenarios: readonly Scenario[] = Object.values(scenariosOf(["api", "worker"]));

describe.each(scenarios)("$name", (scenario) => {
  test("ends as told when nothing goes wrong", async () => {
    const { world, request } = await scenario.prepare();
    const { report } = await world.run(request);
    expect(scenario.ends).toContain(report?.ending.kind);
    expect(await world.atRest()).toEqual([]);
  });

  test("one fault of any kind at any call: the same command again converges, and no record is false", async () => {
    const { tried, worlds, problems } = await explore({ scenario, faults: 1 });
    expect(problems).toEqual([]);
    expect(tried).toBeGreaterThan(200);
    expect(worlds).toBeGreaterThan(15);
  }, 300_000);
});
