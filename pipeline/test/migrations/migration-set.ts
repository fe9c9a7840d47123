import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type BatchFile, batchFilePath } from "../../src/migration/batch-file.ts";
import { sha256 } from "../../src/release/canonical-json.ts";
import type { Dice } from "../simulation/seeded/dice.ts";

/** A migration that says to the referee that it runs. */
interface SmallMigration {
  readonly name: string;
  /** It asks for no transaction. */
  readonly isOutside: boolean;
  /** The first who runs it sleeps in the server for longer than its test: a kill meets a statement that runs. */
  readonly isSlow: boolean;
  /** The first who runs it fails: division by zero. */
  readonly failsOnce: boolean;
  readonly milliseconds: number;
}
/** Migrations that are fought for: first some of them, then all. */
export interface MigrationSet {
  readonly engine: "knex" | "sql";
  readonly migrations: readonly SmallMigration[];
  /** How many there are at first; the rest is added when these are applied. */
  readonly first: number;
  /** How many schemas of one database are migrated with it at the same time. */
  readonly schemas: number;
  /** How many of its attempts, from 0 to 1, are of a newer epoch than the others. */
  readonly epochs: number;
  /** How long a runner waits for another. */
  readonly patienceSeconds: number;
}

const longPatienceSeconds = 20;
const slowSeconds = 4;

export function designSet(dice: Dice): MigrationSet {
  const kind = dice.fraction();
  const outside = kind < 0.25 ? 1 : kind < 0.4 ? 0.4 : 0;
  const special = dice.fraction();
  const count = dice.between(1, 5);
  const chosen = dice.below(count);
  const migrations = Array.from({ length: count }, (_, index) => ({
    name: `${String(index + 1).padStart(3, "0")}_${dice.pick(["people", "orders", "index", "names"])}`,
    isOutside: dice.chance(outside),
    isSlow: special < 0.25 && index === chosen,
    failsOnce: special > 0.93 && index === chosen,
    milliseconds: dice.chance(0.5) ? 0 : dice.between(1, 25),
  }));
  return {
    engine: dice.pick(["knex", "sql"]),
    migrations,
    first: count > 1 && dice.chance(0.3) ? dice.between(1, count - 1) : count,
    schemas: dice.chance(0.2) ? 2 : 1,
    epochs: dice.chance(0.2) ? 0.4 : 0.04,
    patienceSeconds: special > 0.85 && special < 0.93 ? 0.5 : longPatienceSeconds,
  };
}

/** Lays an unpacked image of the set into the folder; `writeBatch` says how much of it is in the release. */
export async function writeImage(root: string, set: MigrationSet): Promise<void> {
  await mkdir(join(root, "migrations"), { recursive: true });
  await mkdir(join(root, ".slipway"));
  await writeFile(join(root, "package.json"), '{"type":"module"}');
  for (const migration of set.migrations) await writeFile(join(root, pathOf(set, migration)), textOf(set, migration));
  if (set.engine === "sql") return;
  const knex = createRequire(import.meta.url).resolve("knex/package.json");
  await symlink(dirname(dirname(knex)), join(root, "node_modules"));
}

export async function writeBatch(root: string, set: MigrationSet, count: number): Promise<void> {
  const batch: BatchFile = {
    version: 1,
    engine: set.engine,
    folder: "migrations",
    files: set.migrations.slice(0, count).map((migration) => ({
      name: migration.name,
      file: pathOf(set, migration),
      sha256: sha256(textOf(set, migration)),
    })),
    database: "DATABASE_URL",
    lockTimeoutMilliseconds: 5_000,
    timeoutSeconds: set.patienceSeconds,
  };
  await writeFile(join(root, batchFilePath), JSON.stringify(batch));
}

const pathOf = ({ engine }: MigrationSet, { name }: SmallMigration): string =>
  `migrations/${name}.${engine === "sql" ? "sql" : "mjs"}`;

function textOf({ engine }: MigrationSet, migration: SmallMigration): string {
  const statements = statementsOf(migration);
  if (engine === "sql") {
    return `${migration.isOutside ? "-- slipway: no transaction\n" : ""}${statements.join(";\n")};\n`;
  }
  // What the app's own code does between two statements takes time too, and the server has nothing to do then.
  const pause = `  await new Promise((go) => setTimeout(go, ${migration.milliseconds}));`;
  const lines = statements.flatMap((text) => [`  await knex.raw(${JSON.stringify(text)});`, pause]);
  const config = migration.isOutside ? "export const config = { transaction: false };\n" : "";
  return `${config}export async function up(knex) {\n${lines.join("\n")}\n}\n`;
}

function statementsOf({ name, isOutside, isSlow, failsOnce, milliseconds }: SmallMigration): readonly string[] {
  const call = (way: "enter" | "leave") => `select referee.${way}('${name}', ${!isOutside})`;
  const seconds = isSlow
    ? `case when referee.is_first() then ${slowSeconds} else 0 end`
    : `${(milliseconds / 1_000).toFixed(3)}`;
  return [
    call("enter"),
    `create table t_${name} (id integer)`,
    `select pg_sleep(${seconds})`,
    ...(failsOnce ? ["select 1 / case when referee.is_first() then 0 else 1 end"] : []),
    `alter table t_${name} add name text`,
    call("leave"),
  ];
}
