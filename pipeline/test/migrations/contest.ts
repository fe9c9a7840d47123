import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGuard } from "../../src/local/guard/guard.ts";
import { removePostgres, startPostgres } from "../../src/local/postgres/postgres.ts";
import { Dice } from "../simulation/seeded/dice.ts";
import { type Arena, playDatabase, type SetEnd } from "./arena.ts";
import type { AttemptEnd } from "./attempt.ts";
import { Crowd } from "./crowd.ts";
import type { Freed } from "./faults.ts";

export interface ContestWanted {
  readonly seed: number;
  /** At least. */
  readonly attempts: number;
  readonly processes: number;
  /** Databases that are fought for at the same time, each by all processes. */
  readonly arenas: number;
  /** The longest that a dead client's lock may be held, counted from when its process is gone. */
  readonly freedWithinMilliseconds: number;
  /** Ends it early, and in order. */
  readonly signal?: AbortSignal;
  readonly onSet?: (contest: Contest) => void;
}
export interface Contest {
  readonly attempts: number;
  readonly sets: number;
  readonly databases: number;
  readonly kills: number;
  readonly stops: number;
  /** Ends of attempts by kind: done, died, or the code of a refusal or failure. */
  readonly ends: Readonly<Record<string, number>>;
  readonly applied: number;
  readonly halfRun: number;
  /** Milliseconds, ascending: until the lock of a killed holder was another's, since the kill and since it was gone. */
  readonly freed: readonly number[];
  readonly freedSinceGone: readonly number[];
  /** The same: until an attempt had ended. */
  readonly took: readonly number[];
  readonly problems: readonly string[];
  readonly seconds: number;
}

const setsOfDatabase = 8;

/** Processes that migrate the same databases at the same time, on a server of their own, until there were enough attempts. */
export async function playContest(wanted: ContestWanted): Promise<Contest> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-migrations-"));
  await using guard = await startGuard();
  try {
    const server = await startPostgres({ stateFolder: join(folder, "postgres"), guard, fsync: false });
    using crowd = new Crowd(wanted.processes);
    return await new Running(wanted, crowd).play({ server, crowd, folder });
  } finally {
    await removePostgres(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

class Running {
  readonly #wanted: ContestWanted;
  readonly #crowd: Crowd;
  readonly #started = performance.now();
  readonly #ends: Record<string, number> = {};
  readonly #freed: Freed[] = [];
  readonly #took: number[] = [];
  readonly #problems: string[] = [];
  /** Wrong as well, but no reason to stop: how often is of interest. */
  readonly #late: string[] = [];
  #attempts = 0;
  #applied = 0;
  #halfRun = 0;
  #sets = 0;
  #databases = 0;

  constructor(wanted: ContestWanted, crowd: Crowd) {
    this.#wanted = wanted;
    this.#crowd = crowd;
  }

  async play(shared: Omit<Arena, "name">): Promise<Contest> {
    const dice = new Dice(this.#wanted.seed);
    const arenas = Array.from({ length: this.#wanted.arenas }, (_, index) =>
      this.#fight({ ...shared, name: `arena${index + 1}` }, dice.fork()),
    );
    await Promise.all(arenas);
    return this.sum();
  }

  async #fight(arena: Arena, dice: Dice): Promise<void> {
    for (let number = 1; this.#goesOn(); number += 1) {
      const database = `${arena.name}_${number}`;
      this.#databases += 1;
      const onSet = (end: SetEnd): boolean => this.#add(database, end);
      await playDatabase(arena, database, { dice: dice.fork(), sets: setsOfDatabase, onSet });
    }
  }

  #add(database: string, { ends, freed, halfRun, problems }: SetEnd): boolean {
    this.#sets += 1;
    this.#attempts += ends.length;
    this.#halfRun += halfRun;
    this.#freed.push(...freed);
    this.#problems.push(...problems);
    for (const { sinceGone } of freed) {
      if (sinceGone <= this.#wanted.freedWithinMilliseconds) continue;
      this.#late.push(`${database}: a dead client's lock was held for ${Math.round(sinceGone)} ms`);
    }
    for (const end of ends) {
      const kind = kindOf(end);
      this.#ends[kind] = (this.#ends[kind] ?? 0) + 1;
      if (end.how !== "answered") continue;
      this.#applied += end.result.ran.length;
      this.#took.push(end.milliseconds);
    }
    this.#wanted.onSet?.(this.sum());
    return this.#goesOn();
  }

  #goesOn(): boolean {
    const { attempts, signal } = this.#wanted;
    return this.#attempts < attempts && this.#problems.length === 0 && signal?.aborted !== true;
  }

  sum(): Contest {
    const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
    return {
      attempts: this.#attempts,
      sets: this.#sets,
      databases: this.#databases,
      kills: this.#crowd.kills,
      stops: this.#crowd.stops,
      ends: this.#ends,
      applied: this.#applied,
      halfRun: this.#halfRun,
      freed: ascending(this.#freed.map(({ sinceKill }) => sinceKill)),
      freedSinceGone: ascending(this.#freed.map(({ sinceGone }) => sinceGone)),
      took: ascending(this.#took),
      problems: [...this.#problems, ...this.#late],
      seconds: (performance.now() - this.#started) / 1_000,
    };
  }
}

function kindOf(end: AttemptEnd): string {
  if (end.how !== "answered") return end.how;
  return end.result.failure?.code ?? "done";
}

/** Of ascending numbers; 0 of none. */
export const quantile = (ascending: readonly number[], fraction: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(fraction * ascending.length))] ?? 0;
