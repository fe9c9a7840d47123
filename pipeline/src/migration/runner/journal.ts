import { basename } from "node:path";
import type { AppliedMigration } from "../batch.ts";
import { migrationName } from "../migration-name.ts";
import type { LoadedMigration, Statements } from "./session.ts";

/** Our tables, quoted with their schema: a migration may leave another search path behind. */
export interface Tables {
  readonly fence: string;
  readonly migrations: string;
  /** Null for plain SQL. */
  readonly knex: string | null;
}
export interface Applied {
  readonly names: readonly AppliedMigration[];
  /** Begun outside a transaction and never finished. */
  readonly halfRun: readonly string[];
}
export interface Release {
  readonly sha: string;
  readonly epoch: number;
}

/** Makes what is missing, under the lock: knex itself makes its tables outside of any. */
export async function openTables(on: Statements<unknown>, engine: "knex" | "sql"): Promise<Tables> {
  const known = engine === "knex" ? ["knex_migrations", "slipway_fence"] : ["slipway_fence"];
  const [row] = await on.query(
    `select format('%I', coalesce(
       (select n.nspname from unnest($1::text[]) with ordinality as t(name, position)
        join pg_class c on c.oid = to_regclass(t.name) join pg_namespace n on n.oid = c.relnamespace
        order by t.position limit 1),
       current_schema())) as schema`,
    [known],
  );
  const schema = String(row?.schema ?? "public");
  const tables: Tables = {
    fence: `${schema}.slipway_fence`,
    migrations: `${schema}.slipway_migrations`,
    knex: engine === "knex" ? `${schema}.knex_migrations` : null,
  };
  await on.query(`create table if not exists ${tables.fence} (
    single boolean primary key default true check (single), lineage text not null, epoch bigint not null, attempt integer not null)`);
  await on.query(`create table if not exists ${tables.migrations} (
    name text primary key, sha256 text not null, git_sha text not null, epoch bigint not null,
    begun_at timestamptz not null default clock_timestamp(), applied_at timestamptz, duration_ms integer,
    position bigint generated always as identity)`);
  if (tables.knex !== null) await openKnexTables(on, schema, tables.knex);
  return tables;
}

/** As knex makes them, so that its own commands go on working. */
async function openKnexTables(on: Statements<unknown>, schema: string, table: string): Promise<void> {
  await on.query(`create table if not exists ${table} (
    id serial primary key, name varchar(255), batch integer, migration_time timestamptz)`);
  await on.query(
    `create table if not exists ${schema}.knex_migrations_lock (index serial primary key, is_locked integer)`,
  );
  await on.query(`insert into ${schema}.knex_migrations_lock (is_locked)
    select 0 where not exists (select from ${schema}.knex_migrations_lock)`);
}

/** Everything applied, in the order of application, by names without extension. */
export async function listApplied(on: Statements<unknown>, tables: Tables): Promise<Applied> {
  const own = await on.query(
    `select name, sha256, applied_at is not null as finished from ${tables.migrations} order by applied_at, position`,
  );
  const finished = own
    .filter((row) => row.finished === true)
    .map(({ name, sha256 }) => [String(name), String(sha256)] as const);
  const hashes = new Map(finished);
  const names =
    tables.knex === null
      ? finished.map(([name]) => name)
      : (await on.query(`select name from ${tables.knex} order by id`)).map(({ name }) => migrationName(String(name)));
  const applied = new Set(names);
  return {
    names: [...applied].map((name) => ({ name, sha256: (hashes.get(name) ?? null) as AppliedMigration["sha256"] })),
    halfRun: own.map(({ name }) => String(name)).filter((name) => !applied.has(name) && !hashes.has(name)),
  };
}

/** Of this task: knex numbers what was applied together. */
export async function nextBatch(on: Statements<unknown>, tables: Tables): Promise<number> {
  if (tables.knex === null) return 0;
  const [row] = await on.query(`select coalesce(max(batch), 0) + 1 as next from ${tables.knex}`);
  return Number(row?.next ?? 1);
}

/** Commits that a file outside a transaction is about to run: a death from here on leaves it half run, and named. */
export async function recordBegun(
  on: Statements<unknown>,
  tables: Tables,
  { entry }: LoadedMigration<unknown>,
  release: Release,
): Promise<void> {
  await on.query(`insert into ${tables.migrations} (name, sha256, git_sha, epoch) values ($1, $2, $3, $4)`, [
    entry.name,
    entry.sha256,
    release.sha,
    release.epoch,
  ]);
}

/** In the transaction of the file, or, for one without, in one after it. */
export async function recordApplied(
  on: Statements<unknown>,
  tables: Tables,
  { entry, path }: LoadedMigration<unknown>,
  row: Release & { readonly batch: number; readonly milliseconds: number },
): Promise<void> {
  await on.query(
    `insert into ${tables.migrations} (name, sha256, git_sha, epoch, applied_at, duration_ms)
     values ($1, $2, $3, $4, clock_timestamp(), $5)
     on conflict (name) do update set sha256 = excluded.sha256, git_sha = excluded.git_sha, epoch = excluded.epoch,
       applied_at = excluded.applied_at, duration_ms = excluded.duration_ms`,
    [entry.name, entry.sha256, row.sha, row.epoch, Math.round(row.milliseconds)],
  );
  if (tables.knex === null) return;
  await on.query(`insert into ${tables.knex} (name, batch, migration_time) values ($1, $2, clock_timestamp())`, [
    basename(path),
    row.batch,
  ]);
}
