import { Simulation } from "../../pipeline/test/simulation/simulation.ts";
import { aFigure, type Part, timed } from "./figure.ts";
import { median } from "./measure.ts";

const rounds = 7;
const worldsARound = 20;
/** Of each world: the first release, and one with a migration and other pages. */
const promotionsAWorld = 2;

/**
 * The real promotion on ports in memory, with invariants checked after every call: what it costs in processor time alone,
 * and how many fault schedules a core can try.
 */
export const simulation: Part = {
  name: "simulation",
  title: "what a promotion costs when everything it waits for answers at once",
  run: async () => {
    await runWorlds(worldsARound);
    const samples: number[] = [];
    let calls = 0;
    for (let round = 0; round < rounds; round += 1) {
      const before = process.cpuUsage();
      calls = await runWorlds(worldsARound);
      const { user, system } = process.cpuUsage(before);
      samples.push((user + system) / 1_000 / (worldsARound * promotionsAWorld));
    }
    const perSecond = samples.map((milliseconds) => 1_000 / milliseconds);
    return {
      size: { promotions: rounds * worldsARound * promotionsAWorld, rounds, "services a release": 2 },
      figures: [
        timed({ name: "processor time of a promotion", samples }, "user and system, all threads of the process"),
        aFigure({
          name: "promotions a core",
          unit: "per second",
          value: median(perSecond),
          best: Math.max(...perSecond),
        }),
        aFigure({ name: "port calls of a promotion", unit: "calls", value: calls, note: "the second of each world" }),
      ],
      problems: [],
    };
  },
};

/** Port calls of the last promotion. @throws when one does not end as it must */
async function runWorlds(count: number): Promise<number> {
  let calls = 0;
  for (let world = 0; world < count; world += 1) {
    const simulated = new Simulation();
    await simulated.begin();
    const first = await simulated.publish("aaa1", ["20261101_projects"]);
    const second = await simulated.publish("bbb2", ["20261101_projects", "20261102_colour"]);
    for (const { sha } of [first, second]) {
      const attempt = await simulated.run({ sha });
      if (attempt.report?.ending.kind !== "done") throw new Error(`it ended ${attempt.report?.ending.kind}`);
      calls = attempt.calls.length;
    }
    const problems = await simulated.atRest();
    if (problems.length > 0) throw new Error(problems.join("; "));
  }
  return calls;
}
