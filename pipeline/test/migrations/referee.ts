import type pg from "pg";

/** A migration that ran, as it says itself from inside its session. */
export interface Trace {
  readonly schema: string;
  readonly name: string;
  /** The attempt that ran it. */
  readonly attempt: string;
  /** Milliseconds of the server's clock; null: it never came to its end. */
  readonly began: number;
  readonly ended: number | null;
}
/** What lies in a schema afterwards, read with plain queries. */
export interface Found {
  /** Of the whole database, since one lock is for all of it. */
  readonly traces: readonly Trace[];
  readonly recorded: readonly { readonly name: string; readonly isFinished: boolean }[];
  /** By name without extension, in order; null where knex has no table. */
  readonly knex: readonly string[] | null;
  readonly knexLocks: number | null;
  readonly fences: readonly { readonly epoch: number; readonly attempt: number }[];
  /** Attempts with a session. */
  readonly sessions: readonly string[];
}
/** The session that holds the runner's lock of a database. */
export interface Holder {
  readonly pid: number;
  readonly attempt: string;
  readonly isAsleep: boolean;
  /** By another session, in a table. */
  readonly isBlocked: boolean;
  /** The lock's two numbers, as the server shows them: the code that is judged is not asked. */
  readonly lock: readonly [number, number];
}

/**
 * Each migration enters and leaves through these. A lock of our own, which is only ever tried, shows two that are live,
 * whatever the runner does with its own; it goes with its transaction, or, outside of one, with its session.
 */
const functions = `
create schema referee;
create table referee.trace (schema text, name text, attempt text, began timestamptz, ended timestamptz);
create function referee.enter(migration text, inside boolean) returns void language plpgsql as $$
begin
  if not (case when inside then pg_try_advisory_xact_lock(1) else pg_try_advisory_lock(1) end) then
    raise exception 'two migrations are live' using errcode = 'SL002';
  end if;
  insert into referee.trace values
    (current_schema(), migration, current_setting('application_name'), clock_timestamp(), null);
end $$;
create function referee.leave(migration text, inside boolean) returns void language plpgsql as $$
begin
  update referee.trace set ended = clock_timestamp()
    where schema = current_schema() and name = migration and attempt = current_setting('application_name');
  if not inside then perform pg_advisory_unlock(1); end if;
end $$;
-- What a sequence counts is not undone: true for the first who asks, also when that one is killed.
create function referee.is_first() returns boolean language sql as $$ select nextval((current_schema() || '.tries')::regclass) = 1 $$;
`;

export const openReferee = async (client: pg.Client): Promise<void> => void (await client.query(functions));

export async function openSchema(client: pg.Client, schema: string): Promise<void> {
  await client.query(`create schema if not exists ${schema}; create sequence ${schema}.tries`);
}

export async function readHolder(client: pg.Client): Promise<Holder | null> {
  const { rows } = await client.query<{
    pid: number;
    name: string;
    asleep: boolean;
    blocked: boolean;
    one: string;
    two: string;
  }>(
    `select l.pid, a.application_name as name, coalesce(a.wait_event = 'PgSleep', false) as asleep,
       coalesce(a.wait_event_type = 'Lock', false) as blocked,
       l.classid::bigint as one, l.objid::bigint as two
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and a.datname = current_database()
       and l.database = a.datid and a.pid <> pg_backend_pid()`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { pid, name, asleep, blocked } = row;
  return { pid, attempt: name, isAsleep: asleep, isBlocked: blocked, lock: [Number(row.one), Number(row.two)] };
}

/** Whether this session waits for the lock that somebody else holds. */
export async function isWaiting(client: pg.Client, pid: number): Promise<boolean> {
  const { rows } = await client.query("select from pg_locks where locktype = 'advisory' and not granted and pid = $1", [
    pid,
  ]);
  return rows.length > 0;
}

export async function readFound(client: pg.Client, schema: string): Promise<Found> {
  const ask = async <Row extends object>(text: string): Promise<readonly Row[]> => (await client.query(text)).rows;
  const [there] = await ask<{ knex: boolean; own: boolean }>(
    `select to_regclass('${schema}.knex_migrations') is not null as knex, to_regclass('${schema}.slipway_fence') is not null as own`,
  );
  const isOpen = there?.own === true;
  const hasKnex = there?.knex === true;
  const knex = hasKnex ? await ask<{ name: string }>(`select name from ${schema}.knex_migrations order by id`) : null;
  const locks = hasKnex ? await ask(`select from ${schema}.knex_migrations_lock`) : null;
  return {
    traces: await ask<Trace>(
      `select schema, name, attempt, extract(epoch from began)::float8 * 1000 as began,
         extract(epoch from ended)::float8 * 1000 as ended from referee.trace order by began`,
    ),
    recorded: isOpen
      ? await ask(`select name, applied_at is not null as "isFinished" from ${schema}.slipway_migrations`)
      : [],
    knex: knex?.map(({ name }) => name.replace(/\.\w+$/, "")) ?? null,
    knexLocks: locks?.length ?? null,
    fences: isOpen ? await ask(`select epoch::integer as epoch, attempt from ${schema}.slipway_fence`) : [],
    sessions: (
      await ask<{ name: string }>(
        "select application_name as name from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      )
    ).map(({ name }) => name),
  };
}
