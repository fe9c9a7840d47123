/**
 * Run inside a copy of the sources that holds one planted bug: tries the simulation on it, and prints the first thing that it says, as JSON. The
 * limit is in seconds; the second argument is which simulation.
 */
import { playCollection } from "../simulation/collection/play.ts";
import { writeCollectionScript } from "../simulation/collection/script.ts";
import { explore } from "../simulation/explore.ts";
import { type Scenario, scenariosOf } from "../simulation/scenarios.ts";
import { play } from "../simulation/seeded/play.ts";
import { writeScript } from "../simulation/seeded/script.ts";

const until = performance.now() + Number(process.argv[2] ?? 60) * 1000;
const found = (check: string, problem: string): never => {
  process.stdout.write(`${JSON.stringify({ check, problem: problem.split("\n")[0] })}\n`);
  process.exit(0);
};

for (let seed = 1; process.argv[3] === "collection" && performance.now() < until; seed += 1) {
  const { problems } = await playCollection(writeCollectionScript(seed));
  if (problems[0] !== undefined) found(`collection, seed ${seed}`, problems[0]);
}
if (process.argv[3] === "collection") process.exit(0);
try {
  const scenarios: readonly Scenario[] = Object.values(scenariosOf(["api", "worker"]));
  for (const scenario of scenarios) {
    const { problems } = await explore({ scenario, faults: 1 });
    if (problems[0] !== undefined) found(`single faults: ${scenario.name}`, problems[0]);
  }
} catch (error) {
  found("single faults", error instanceof Error ? error.message : String(error));
}
for (let seed = 1; performance.now() < until; seed += 1) {
  const { problems } = await play(writeScript(seed));
  if (problems[0] !== undefined) found(`seed ${seed}`, problems[0]);
}
