/**
 * npm run test:lease -- [--acquisitions 100000] [--in-memory 100000] [--seconds S] [--workers 4] [--from 1]
 * Leases under real kills and stops, then in memory against a store that answers wrongly; --seconds limits each of the two.
 * The first round that goes wrong is the last; --from N begins with its seed (in memory it is the same round again).
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { playRealRounds, playVirtualRounds, type Rounds, type RoundsWanted } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    acquisitions: { type: "string", default: "100000" },
    "in-memory": { type: "string", default: "100000" },
    seconds: { type: "string", default: "Infinity" },
    workers: { type: "string", default: "4" },
    from: { type: "string", default: "1" },
  },
});
const showEverySeconds = 10;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tellWhoWaits = (line: string): void => void process.stderr.write(`${line}\n`);

// So that nothing is left of a round that is interrupted.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const pace = { workers: Number(values.workers), faultEveryMilliseconds: 600, roundSeconds: 90 };
const real = await playRealRounds(pace, wanted(values.acquisitions));
tell("lease-epochs", "acquisitions by processes that were killed and stopped", real);
const virtual = await playVirtualRounds(wanted(values["in-memory"]));
tell("lease-erratic-store", "acquisitions against a store that answers wrongly", virtual);
const untried = whatIsMissing(real);
for (const what of untried) tellWhoWaits(`too little was tried: ${what}`);
process.exitCode = real.problems.length + virtual.problems.length + untried.length > 0 ? 1 : 0;

/** A long run in which next to nobody was stopped, taken over or deposed shows nothing. */
function whatIsMissing({ tally, stops, kills }: Rounds): readonly string[] {
  const { acquisitions, takenOver, lost, deposed } = tally;
  if (acquisitions < 10_000) return [];
  const least = [
    ["stops", stops, 0.005],
    ["kills", kills, 0.001],
    ["taken over", takenOver, 0.02],
    ["lost", lost, 0.005],
    ["deposed", deposed, 0.001],
  ] as const;
  return least
    .filter(([, count, share]) => count < acquisitions * share)
    .map(([name, count]) => `${count} ${name} in ${acquisitions} acquisitions`);
}

function wanted(acquisitions: string): RoundsWanted {
  let shown = 0;
  return {
    from: Number(values.from),
    acquisitions: Number(acquisitions),
    seconds: Number(values.seconds),
    onRound(all) {
      if (all.seconds < shown + showEverySeconds) return;
      shown = all.seconds;
      tellWhoWaits(summaryOf(all));
    },
  };
}

function summaryOf({ tally, kills, stops, seconds, problems }: Rounds): string {
  const rate = Math.round(tally.acquisitions / Math.max(1, seconds));
  const counts = `${tally.acquisitions} acquisitions, ${kills} kills, ${stops} stops, ${problems.length} problems`;
  return `${counts}; ${Math.round(seconds)} s, ${rate} a second`;
}

function tell(promise: string, unit: string, rounds: Rounds): void {
  if (rounds.seeds === 0) return;
  say(`${promise}: ${summaryOf(rounds)}`);
  const counts = Object.entries({ ...rounds.tally, ...rounds.struck });
  say(counts.map(([name, count]) => `  ${name} ${count}`).join("\n"));
  for (const problem of rounds.problems.slice(0, 10)) tellWhoWaits(problem);
  const file = process.env.SLIPWAY_GUARANTEES;
  if (file === undefined) return;
  const line = { promise, tries: rounds.tally.acquisitions, unit, failures: rounds.problems.length };
  appendFileSync(file, `${JSON.stringify({ ...line, seconds: Math.round(rounds.seconds) })}\n`);
}
