/**
 * npm run test:kills -- [--kills 2000] [--seed 1] [--worlds 4] [--only cli|platform|postgres|runner|all] [--keep] [--verbose]
 * Kills and stops the command line, the platform, Postgres and the runner of migrations at moments that are chosen from the
 * trace of promotions; the same command must finish each, and the world is then looked at from outside. Linux alone: it
 * reads /proc. The same seed and worlds choose the same; how long things take is another matter. --keep leaves the folders.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Player } from "./player.ts";
import { blows } from "./strikes.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    worlds: { type: "string", default: "4" },
    only: { type: "string" },
    keep: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
const showEverySeconds = 10;
/** With fewer blows than this nothing is said about moments that were never hit. */
const enoughForAll = 200;
/** Moments that no uninterrupted promotion has: whether one comes up in a short run is chance. */
const comeByChance: ReadonlySet<string> = new Set(["lease taken over"]);
const enoughForRare = 1_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tellWhoWaits = (line: string): void => void process.stderr.write(`${line}\n`);
if (process.platform !== "linux") throw new Error("the processes of a world are told by /proc: this needs Linux");

const wanted = Number(values.kills);
const worlds = Math.min(Number(values.worlds), wanted);
const landed = new Map<string, Map<string, number>>();
const times = new Map<number, number>();
const problems: string[] = [];
let kills = 0;
let isStopped = false;
const started = performance.now();
const seconds = (): number => Math.round((performance.now() - started) / 1000);
const summary = (): string => `${kills} of ${wanted} blows, ${problems.length} problems, ${seconds()} s`;

const players = Array.from({ length: worlds }, (_, index) => {
  const quota = Math.floor(wanted / worlds) + (index < wanted % worlds ? 1 : 0);
  let own = 0;
  const told = {
    landed({ blow, mark }: { blow: string; mark: string }) {
      own += 1;
      kills += 1;
      const row = landed.get(mark) ?? new Map<string, number>();
      row.set(blow, (row.get(blow) ?? 0) + 1);
      landed.set(mark, row);
    },
    converged: (count: number) => void times.set(count, (times.get(count) ?? 0) + 1),
    turn(text: string, took: number) {
      if (values.verbose) tellWhoWaits(`${took.toFixed(1)} s: ${text}`);
    },
    problem: tellProblem,
  };
  const player = new Player(`world ${index + 1}`, Number(values.seed) * 1_000 + index, values.only ?? null, told);
  return { player, isOver: () => isStopped || own >= quota };
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    isStopped = true;
    tellWhoWaits("stopping after what is under way");
  });
}
const shown = setInterval(() => tellWhoWaits(summary()), showEverySeconds * 1000);
try {
  await Promise.all(
    players.map(async ({ player, isOver }) => {
      try {
        await player.begin();
        await player.play(isOver);
      } catch (error) {
        tellProblem(error instanceof Error ? `${error.stack}` : String(error));
      }
    }),
  );
} finally {
  clearInterval(shown);
  if (values.keep) for (const { player } of players) tellWhoWaits(`kept: ${player.folder}`);
  else await Promise.all(players.map(({ player }) => player.remove()));
}

const marks = [...new Set(players.flatMap(({ player }) => [...player.marks]))];
const missed = marks.filter((mark) => !landed.has(mark) && (kills >= enoughForRare || !comeByChance.has(mark)));
if (kills >= enoughForAll && !values.only && missed.length > 0)
  problems.push(`nothing landed at: ${missed.join(", ")}`);
say(table());
for (const [count, turns] of [...times].toSorted(([a], [b]) => a - b))
  say(`${turns} ended by the same command given ${count === 1 ? "once" : `${count} times`}`);
say(`real-kills: ${summary()}`);
for (const problem of problems.slice(0, 10)) tellWhoWaits(problem);
process.exitCode = problems.length > 0 || kills < wanted ? 1 : 0;

const file = process.env.SLIPWAY_GUARANTEES;
if (file !== undefined) {
  const unit = "kills and stops of processes";
  const line = { promise: "real-kills", tries: kills, unit, failures: problems.length, seconds: seconds() };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** A signal reaches the commands that are under way too: how these end is then nobody's fault. */
function tellProblem(text: string): void {
  if (isStopped) return;
  problems.push(text);
  tellWhoWaits(`PROBLEM: ${text}`);
}

/** Blows by where they landed. */
function table(): string {
  const names = blows.map(({ name }) => name).filter((name) => [...landed.values()].some((row) => row.has(name)));
  const rows = marks.map((mark) => [mark, ...names.map((name) => landed.get(mark)?.get(name) ?? 0)]);
  const sums = ["all", ...names.map((_, at) => rows.reduce((sum, row) => sum + Number(row[at + 1]), 0))];
  const lines = [["blow", ...names], ...rows, sums].map((row) =>
    row.map((cell, at) => (at === 0 ? String(cell).padEnd(28) : String(cell).padStart(16))).join(" "),
  );
  return lines.join("\n");
}
