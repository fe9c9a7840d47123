import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { LocalPostgres } from "../../src/local/postgres/postgres.ts";
import type { Dice } from "../simulation/seeded/dice.ts";
import type { Attempt, AttemptEnd } from "./attempt.ts";
import { check } from "./check.ts";
import type { Crowd } from "./crowd.ts";
import { befall, type Freed } from "./faults.ts";
import { designSet, type MigrationSet, writeBatch, writeImage } from "./migration-set.ts";
import { type Found, openReferee, openSchema, readFound } from "./referee.ts";

/** Where sets are fought for, one after another; several of them share a crowd. */
export interface Arena {
  readonly name: string;
  readonly server: LocalPostgres;
  readonly crowd: Crowd;
  /** For images. */
  readonly folder: string;
}
/** A database of its own, and two sessions that only look, or only ask for the lock. */
export interface Ring {
  readonly database: string;
  readonly observer: pg.Client;
  readonly taker: pg.Client;
}
export interface SetEnd {
  readonly ends: readonly AttemptEnd[];
  readonly freed: readonly Freed[];
  readonly halfRun: number;
  readonly problems: readonly string[];
}

/** No attempt takes as long, whatever happens to it. */
const boundMilliseconds = 40_000;
const mostWaves = 6;

/** Sets in a database that nobody has ever migrated, at most so many, while `onSet` wants more. */
export async function playDatabase(
  arena: Arena,
  database: string,
  { dice, sets, onSet }: { readonly dice: Dice; readonly sets: number; readonly onSet: (end: SetEnd) => boolean },
): Promise<void> {
  const admin = await connect(arena, "postgres");
  await admin.query(`create database ${database} template template0 strategy file_copy`);
  // As servers are that nobody has set up for us: then only what the runner itself asks for frees a dead client's lock.
  await admin.query(`alter database ${database} set client_connection_check_interval = 0`);
  const ring = { database, observer: await connect(arena, database), taker: await connect(arena, database) };
  try {
    await openReferee(ring.observer);
    for (let number = 1; number <= sets; number += 1) {
      if (!onSet(await new SetPlay(arena, ring, dice.fork(), number).play())) return;
    }
  } finally {
    await Promise.all([ring.observer.end(), ring.taker.end()]);
    await admin.query(`drop database ${database} with (force)`);
    await admin.end();
  }
}

async function connect({ server }: Arena, database: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url(database), application_name: "checker" });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

class SetPlay {
  readonly #arena: Arena;
  readonly #ring: Ring;
  readonly #dice: Dice;
  readonly #set: MigrationSet;
  readonly #root: string;
  readonly #schemas: readonly string[];
  readonly #ends: AttemptEnd[] = [];
  readonly #freed: Freed[] = [];
  #sent = 0;
  #epoch = 1;

  constructor(arena: Arena, ring: Ring, dice: Dice, number: number) {
    this.#arena = arena;
    this.#ring = ring;
    this.#dice = dice;
    this.#set = designSet(dice);
    this.#root = join(arena.folder, `${ring.database}-${number}`);
    // The first set of a database meets it as it was created.
    this.#schemas = Array.from({ length: this.#set.schemas }, (_, index) =>
      number === 1 && index === 0 ? "public" : `s${number}_${index}`,
    );
  }

  async play(): Promise<SetEnd> {
    const { observer } = this.#ring;
    await writeImage(this.#root, this.#set);
    for (const schema of this.#schemas) await openSchema(observer, schema);
    const counts = [...new Set([this.#set.first, this.#set.migrations.length])];
    let problems: readonly string[] = [];
    let halfRun = 0;
    for (const count of counts) {
      await this.#fight(count);
      await this.#settle(count);
      const found = await this.#look();
      problems = this.#judge(found, count);
      halfRun = found.filter(isHalfRun).length;
      if (problems.length > 0 || halfRun > 0) break;
    }
    await rm(this.#root, { recursive: true, force: true });
    return { ends: this.#ends, freed: this.#freed, halfRun, problems };
  }

  /** All of the crowd at once, again while something is left to apply. */
  async #fight(count: number): Promise<void> {
    await writeBatch(this.#root, this.#set, count);
    for (let wave = 1; wave <= mostWaves; wave += 1) {
      await this.#wave(count);
      const found = await this.#look();
      if (found.every((schema) => isSettled(schema, count))) return;
    }
  }

  async #wave(count: number): Promise<void> {
    const { crowd } = this.#arena;
    const waves = Array.from({ length: crowd.size }, async (_, member) => {
      const attempt = this.#draw(count);
      await sleep(this.#dice.chance(0.5) ? 0 : this.#dice.below(40));
      return await this.#send(member, attempt);
    });
    const over = new AbortController();
    const faults = befall({
      dice: this.#dice.fork(),
      crowd,
      ring: this.#ring,
      schema: this.#dice.pick(this.#schemas),
      awaitsSlow: this.#set.migrations.slice(0, count).some(({ isSlow }) => isSlow),
      isImpatient: this.#set.patienceSeconds < 5,
      suffered: this.#suffered,
      signal: over.signal,
    });
    await Promise.all(waves);
    over.abort();
    this.#freed.push(...(await faults));
    this.#epoch += 1;
  }

  /** With nobody in the way, and an order that no other has, whatever is left is applied; or is half run, and is said to be. */
  async #settle(count: number): Promise<void> {
    this.#epoch += 10;
    for (const schema of this.#schemas) {
      for (let tries = 0; tries < 10; tries += 1) {
        const attempt = { ...this.#draw(count), schema, task: "run" as const, epoch: this.#epoch };
        const end = await this.#send(this.#dice.below(this.#arena.crowd.size), attempt);
        if (end.how === "answered" && isTheEnd(end)) break;
      }
    }
  }

  #draw(count: number): Attempt {
    this.#sent += 1;
    return {
      id: `${this.#ring.database}-${this.#schemas[0]}-${this.#sent}`,
      schema: this.#dice.pick(this.#schemas),
      task: this.#dice.chance(0.05) ? "fence" : "run",
      epoch: this.#epoch + (this.#dice.chance(this.#set.epochs) ? 1 : 0),
      attempt: this.#dice.chance(0.04) ? 2 : 1,
      names: this.#set.migrations.slice(0, count).map(({ name }) => name),
      patienceSeconds: this.#set.patienceSeconds,
    };
  }

  readonly #sufferings = new Map<string, Set<"stood-still" | "told-to-stop" | "cut">>();
  readonly #suffered = (id: string, what: "stood-still" | "told-to-stop" | "cut"): void => {
    const known = this.#sufferings.get(id);
    if (known) known.add(what);
    else this.#sufferings.set(id, new Set([what]));
  };

  async #send(member: number, attempt: Attempt): Promise<AttemptEnd> {
    const started = performance.now();
    const order = { id: attempt.id, root: this.#root, env: this.#environmentOf(attempt) };
    const outcome = await this.#arena.crowd.ask(member, order, boundMilliseconds);
    const end: AttemptEnd = {
      ...attempt,
      ...outcome,
      milliseconds: performance.now() - started,
      suffered: this.#sufferings.get(attempt.id) ?? new Set(),
    };
    this.#ends.push(end);
    return end;
  }

  #environmentOf({ id, schema, task, epoch, attempt }: Attempt): Readonly<Record<string, string>> {
    const address = new URL(this.#arena.server.url(this.#ring.database));
    address.searchParams.set("application_name", id);
    address.searchParams.set("options", `-csearch_path=${schema}`);
    return {
      SLIPWAY_TASK: task,
      SLIPWAY_EPOCH: String(epoch),
      SLIPWAY_ATTEMPT: String(attempt),
      SLIPWAY_LINEAGE: "a-ledger",
      SLIPWAY_SHA: "0123456789abcdef0123456789abcdef01234567",
      SLIPWAY_ENV: "dev",
      DATABASE_URL: address.href,
    };
  }

  #look(): Promise<readonly Found[]> {
    return this.#schemas.reduce<Promise<readonly Found[]>>(
      async (before, schema) => [...(await before), await readFound(this.#ring.observer, schema)],
      Promise.resolve([]),
    );
  }

  #judge(found: readonly Found[], count: number): readonly string[] {
    const migrations = this.#set.migrations.slice(0, count);
    return this.#schemas.flatMap((schema, index) => {
      const here = found[index];
      if (here === undefined) return [];
      const ends = this.#ends.filter((end) => end.schema === schema);
      const left = isSettled(here, count) ? [] : [`${schema}: it never came to an end`];
      return [
        ...left,
        ...check({
          schema,
          names: migrations.map(({ name }) => name),
          outside: new Set(migrations.flatMap(({ name, isOutside }) => (isOutside ? [name] : []))),
          failsOnce: migrations.some(({ failsOnce }) => failsOnce),
          ends,
          found: here,
        }),
      ].map((problem) => `${this.#ring.database}, ${this.#set.engine}: ${problem}`);
    });
  }
}

const isHalfRun = ({ recorded }: Found): boolean => recorded.some(({ isFinished }) => !isFinished);
const isSettled = (found: Found, count: number): boolean => isHalfRun(found) || found.recorded.length === count;
const isTheEnd = ({ result }: Extract<AttemptEnd, { how: "answered" }>): boolean =>
  result.status === "done" || result.failure?.code === "half-run";
