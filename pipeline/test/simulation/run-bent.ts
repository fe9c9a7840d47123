import type { PromotionRequest } from "../../src/ledger/records.ts";
import { promote } from "../../src/promotion/promote.ts";
import type { PromotionReport } from "../../src/promotion/report.ts";
import type { PromotionWorld } from "../../src/promotion/run.ts";
import { aRequest } from "../builders.ts";
import { Crash, Gate } from "./gate.ts";
import { gatedClock, type Simulation } from "./simulation.ts";

/** One command in a process of its own, whose world is bent first: for what faults of single calls cannot say. Null: it died. */
export async function runBent(
  simulation: Simulation,
  request: Partial<PromotionRequest>,
  bend: (world: PromotionWorld, gate: Gate) => PromotionWorld,
): Promise<PromotionReport | null> {
  const { clock, name } = simulation;
  const gate = new Gate({
    faults: [],
    elapse: (milliseconds) => clock.sleep(milliseconds),
    afterCall: () => undefined,
  });
  const world = bend(simulation.worldOf({ gate, clock: gatedClock(clock, gate), who: "sim" }), gate);
  try {
    const running = promote(world, aRequest({ environment: name, ...request }), 60_000);
    return await clock.run(Promise.race([running, gate.death]));
  } catch (error) {
    if (error instanceof Crash) return null;
    throw error;
  } finally {
    gate.kill();
  }
}
