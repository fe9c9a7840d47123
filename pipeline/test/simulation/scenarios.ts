import type { PromotionRequest } from "../../src/ledger/records.ts";
import { Simulation } from "./simulation.ts";

export interface Scenario {
  readonly name: string;
  /** Everything before the command that faults are injected into. */
  readonly prepare: () => Promise<{ readonly simulation: Simulation; readonly request: Partial<PromotionRequest> }>;
  /** How it ends when nothing goes wrong, and how it may end after a fault. */
  readonly ends: readonly string[];
}

const [first, second] = ["20261101_projects", "20261102_colour"];

async function withOneRelease(): Promise<{ simulation: Simulation; old: Awaited<ReturnType<Simulation["publish"]>> }> {
  const simulation = new Simulation();
  await simulation.begin();
  const old = await simulation.publish("aaa1", [first]);
  await simulation.run({ sha: old.sha });
  return { simulation, old };
}

export const firstPromotion: Scenario = {
  name: "first promotion",
  ends: ["done", "already", "reverted"],
  prepare: async () => {
    const simulation = new Simulation();
    await simulation.begin();
    const release = await simulation.publish("aaa1", [first]);
    return { simulation, request: { sha: release.sha } };
  },
};

export const nextPromotion: Scenario = {
  name: "promotion with a migration and new pages",
  ends: ["done", "already", "reverted"],
  prepare: async () => {
    const { simulation } = await withOneRelease();
    const release = await simulation.publish("bbb2", [first, second]);
    return { simulation, request: { sha: release.sha } };
  },
};

export const unhealthyRelease: Scenario = {
  name: "a release that never becomes healthy",
  ends: ["reverted"],
  prepare: async () => {
    const { simulation } = await withOneRelease();
    const release = await simulation.publish("ccc3", [first, second]);
    simulation.broken.add(release.worker);
    return { simulation, request: { sha: release.sha } };
  },
};

export const failingMigration: Scenario = {
  name: "a migration that fails",
  ends: ["reverted"],
  prepare: async () => {
    const { simulation } = await withOneRelease();
    const release = await simulation.publish("ddd4", [first, second], second);
    return { simulation, request: { sha: release.sha } };
  },
};

export const rollback: Scenario = {
  name: "rollback to the last good release",
  ends: ["done", "already", "reverted"],
  prepare: async () => {
    const { simulation } = await withOneRelease();
    const release = await simulation.publish("bbb2", [first, second]);
    await simulation.run({ sha: release.sha });
    return { simulation, request: { action: "rollback", sha: null } };
  },
};

export const webRollback: Scenario = {
  name: "rollback of the pages alone",
  ends: ["done", "already", "reverted"],
  prepare: async () => {
    const { simulation } = await withOneRelease();
    const release = await simulation.publish("bbb2", [first, second]);
    await simulation.run({ sha: release.sha });
    return { simulation, request: { action: "rollback", sha: null, only: "web" } };
  },
};
