import { describe, expect, test } from "vitest";
import { type FaultKind, faultKinds } from "./gate.ts";
import type { Scenario } from "./scenarios.ts";

/** Every fault at every port call of a scenario's command; a file takes few scenarios, so that files run side by side. */
export function describeFaults(scenario: Scenario): void {
  const { name, prepare, ends } = scenario;
  describe(name, () => {
    test("ends as told when nothing goes wrong", async () => {
      const { simulation, request } = await prepare();
      const { report } = await simulation.run(request);
      expect(ends).toContain(report?.ending.kind);
      expect(await simulation.atRest()).toEqual([]);
    });

    test.each(faultKinds)(
      "%s at every call: the same command again converges, and no record is false",
      async (kind) => {
        const { simulation, request } = await prepare();
        const { calls } = await simulation.run(request);
        expect(calls).toBeGreaterThan(20);
        const problems: string[] = [];
        for (let call = 1; call <= calls; call += 1) problems.push(...(await faultAt(call, kind, scenario)));
        expect(problems).toEqual([]);
      },
      300_000,
    );
  });
}

async function faultAt(call: number, kind: FaultKind, { prepare, ends }: Scenario): Promise<readonly string[]> {
  const { simulation, request } = await prepare();
  const faulty = await simulation.run(request, { call, kind });
  const report = await simulation.converge(request);
  const problems = [...(await simulation.atRest())];
  if (!ends.includes(report.ending.kind)) problems.push(`it ended ${JSON.stringify(report.ending)}`);
  const where = faulty.trace.find((line) => line.includes("!")) ?? `call ${call} was never reached`;
  return problems.map((problem) => `${kind} at ${where}: ${problem}`);
}
