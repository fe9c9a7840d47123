/**
 * npm run test:ecs -- [--histories 10000] [--from 1]
 * Rollouts on the double of ECS, healthy and ill, with reads that lag and are throttled and answers that are lost: none that is healthy is called a
 * failure, and none that is ill is called done.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { playHistory } from "./history.ts";

const { values } = parseArgs({
  options: { histories: { type: "string", default: "10000" }, from: { type: "string", default: "1" } },
});
const [histories, from] = [Number(values.histories), Number(values.from)];
const showEvery = 500;

for (const kind of ["healthy", "ill"] as const) {
  const begun = performance.now();
  const endings = new Map<string, number>();
  const problems: string[] = [];
  for (let seed = from; seed < from + histories; seed += 1) {
    const told = problems.length;
    const { report, isTrue } = await playHistory(seed, kind);
    endings.set(report.status, (endings.get(report.status) ?? 0) + 1);
    const isDone = report.status === "done";
    if (isDone !== (kind === "healthy") || (isDone && !isTrue))
      problems.push(`${kind} ${seed}: ${report.status}, ${report.failure?.cause ?? report.summary}`);
    if (problems.length > told) process.stderr.write(`${problems.at(-1)}\n`);
    if ((seed - from + 1) % showEvery === 0)
      process.stderr.write(`${seed - from + 1} ${kind}, ${problems.length} problems\n`);
  }
  tell(kind, endings, problems, Math.round((performance.now() - begun) / 1_000));
}

function tell(kind: string, endings: ReadonlyMap<string, number>, problems: readonly string[], seconds: number): void {
  const counts = [...endings].map(([status, count]) => `${count} ${status}`).join(", ");
  process.stdout.write(`${kind}: ${histories} histories, ${counts}, ${problems.length} problems, ${seconds} s\n`);
  if (problems.length > 0) process.exitCode = 1;
  const file = process.env.SLIPWAY_GUARANTEES;
  if (file === undefined) return;
  const line = {
    promise: `ecs-${kind}`,
    tries: histories,
    unit: `${kind} rollouts on a double of ECS`,
    failures: problems.length,
  };
  appendFileSync(file, `${JSON.stringify({ ...line, seconds })}\n`);
}
