import { writeSync } from "node:fs";
import { Dice } from "../simulation/seeded/dice.ts";
import { contend } from "./contend.ts";
import type { Contender } from "./contender.ts";
import { callFilesDirectly } from "./direct-files.ts";
import { Places } from "./places.ts";
import { environmentsIn, noteInFile, realContender } from "./real-world.ts";

/*
 * A process that fights for leases until it is told to end, or is killed: `node worker.ts <folder> <seed> <lanes> <environments> <threads|direct>`.
 * It prints a line before it stops itself, so that somebody lets it go on.
 */
const [, , folder = "", seed = "0", lanes = "1", environments = "1", files = "threads"] = process.argv;

const note = noteInFile(folder, `${process.pid}-${seed}`);
const dice = new Dice(Number(seed));
const places = new Places(Number(environments), environmentsIn(folder));
let isOver = false;
// Whoever has started it holds the other end, and takes it along when it dies.
process.stdin
  .on("close", () => process.exit(1))
  .resume()
  .unref();
process.on("SIGTERM", () => {
  isOver = true;
});

function aLane(): Contender {
  const lane = dice.fork();
  return {
    ...realContender(folder, lane.below(2 ** 32), note),
    pause: () => void (lane.chance(0.002) && standStill()),
  };
}

/** Right between a check and its write: nothing of this process runs before somebody lets it go on. */
function standStill(): void {
  writeSync(1, "still\n");
  process.kill(process.pid, "SIGSTOP");
}

async function fight(contender: Contender): Promise<void> {
  while (!isOver) {
    const environment = places.pick(contender.dice);
    const epoch = await contend(contender, environment);
    if (epoch !== null) places.opened(environment, epoch);
  }
}

if (files === "direct") callFilesDirectly();
await Promise.all(Array.from({ length: Number(lanes) }, () => fight(aLane())));
