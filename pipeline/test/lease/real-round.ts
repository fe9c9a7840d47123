import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Dice } from "../simulation/seeded/dice.ts";
import type { Programs } from "./bundle.ts";
import { check } from "./check.ts";
import { environmentsIn, notesFolder, readNotes, readSlotsOf, realTiming } from "./real-world.ts";
import { type Note, type RoundEnd, tallyOf } from "./witness.ts";

export interface RealRound {
  readonly programs: Programs;
  readonly seed: number;
  readonly seconds: number;
  readonly workers: number;
  /** A process is killed or stopped as often as this, on average. */
  readonly faultEveryMilliseconds: number;
}
/** Contenders in one process: while one waits the others go on, and all of them die together. */
const lanesOfOne = 8;
/** Whoever is let go on and told to end has this long for it. */
const endMilliseconds = 30_000;

/**
 * Processes that fight for leases in a folder of their own, while they are killed and stopped; then everybody ends, each
 * lease is taken once more, and what was written is judged.
 */
export async function playRealRound(round: RealRound): Promise<RoundEnd> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-lease-"));
  const crowd = new Crowd(folder, round);
  const leaveNothing = (): void => {
    crowd.killAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", leaveNothing);
  try {
    await mkdir(notesFolder(folder));
    await crowd.fight();
    const broken = await crowd.end();
    await takeEachOnceMore(folder, round);
    const notes = readNotes(folder);
    const problems = [...broken, ...judge(folder, notes)];
    return { tally: tallyOf(notes), kills: crowd.kills, stops: crowd.stops, struck: {}, problems };
  } finally {
    process.off("exit", leaveNothing);
    leaveNothing();
  }
}

class Crowd {
  kills = 0;
  #started = 0;
  stops = 0;
  readonly #folder: string;
  readonly #round: RealRound;
  readonly #dice: Dice;
  readonly #living = new Set<ChildProcess>();
  readonly #brokeDown: string[] = [];

  constructor(folder: string, round: RealRound) {
    this.#folder = folder;
    this.#round = round;
    this.#dice = new Dice(round.seed);
  }

  async fight(): Promise<void> {
    const until = performance.now() + this.#round.seconds * 1000;
    while (this.#living.size < this.#round.workers) this.#start();
    while (performance.now() < until) {
      await sleep(this.#dice.fraction() * 2 * this.#round.faultEveryMilliseconds);
      const victim = this.#dice.pick([...this.#living]);
      if (this.#dice.chance(0.2)) await this.#kill(victim);
      else this.#stop(victim);
    }
  }

  /** What broke down or would not end, in words. */
  async end(): Promise<readonly string[]> {
    const ended = [...this.#living].map(async (process) => {
      process.kill("SIGCONT");
      process.kill("SIGTERM");
      const left = sleep(endMilliseconds, "hung" as const, { ref: false });
      return (await Promise.race([once(process, "exit"), left])) === "hung";
    });
    const hung = (await Promise.all(ended)).filter(Boolean).length;
    return hung > 0 ? [...this.#brokeDown, `${hung} processes did not come to an end`] : this.#brokeDown;
  }

  killAll(): void {
    for (const process of this.#living) process.kill("SIGKILL");
  }

  #start(): void {
    const seed = this.#dice.below(2 ** 31);
    this.#started += 1;
    // Of four processes one asks for its files as every program does, the others by themselves.
    const files = this.#started % 4 === 1 ? "threads" : "direct";
    const environments = lanesOfOne * this.#round.workers;
    const { worker, env } = this.#round.programs;
    const words = [worker, this.#folder, seed, lanesOfOne, environments, files].map(String);
    const process = spawn(globalThis.process.execPath, words, { env, stdio: ["pipe", "pipe", "inherit"] });
    this.#living.add(process);
    process.once("exit", (code) => {
      this.#living.delete(process);
      if (code) this.#brokeDown.push(`a process broke down with exit code ${code}`);
    });
    process.stdout.on("data", () => this.#letGoOnLater(process));
  }

  async #kill(process: ChildProcess): Promise<void> {
    const gone = once(process, "exit");
    if (!process.kill("SIGKILL")) return;
    await gone;
    this.kills += 1;
    this.#start();
  }

  #stop(process: ChildProcess): void {
    if (process.kill("SIGSTOP")) this.#letGoOnLater(process);
  }

  /** Mostly for about as long as it takes to be taken over, now and then so long that every slot of its lease is new. */
  #letGoOnLater(process: ChildProcess): void {
    this.stops += 1;
    const milliseconds = this.#dice.chance(0.05) ? this.#dice.between(3_000, 8_000) : this.#dice.between(1, 1_500);
    setTimeout(() => process.kill("SIGCONT"), milliseconds);
  }
}

async function takeEachOnceMore(folder: string, { programs, seed }: RealRound): Promise<void> {
  const words = [programs.lastTakers, folder, String(seed)];
  const process = spawn(globalThis.process.execPath, words, { env: programs.env, stdio: "inherit" });
  const [code] = await once(process, "exit");
  if (code !== 0) throw new Error(`the last takers broke down with exit code ${code}`);
}

function judge(folder: string, notes: readonly Note[]): readonly string[] {
  const { landsMilliseconds } = realTiming;
  const byEnvironment = Map.groupBy(notes, ({ environment }) => environment);
  return environmentsIn(folder).flatMap((environment) =>
    check({
      environment,
      slots: readSlotsOf(folder, environment),
      notes: byEnvironment.get(environment) ?? [],
      landsMilliseconds,
      isStale: false,
    }),
  );
}
