import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll } from "vitest";
import { migrate } from "../development/migrate.ts";
import { type Postgres, startPostgres } from "../development/postgres.ts";

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** One server a test file, unless TEST_DATABASE_URL names one. */
let server: Promise<Postgres> | null = null;
afterAll(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});

/** A database of its own on a real Postgres. */
export async function startDatabase(options: { readonly migrated: boolean }): Promise<TestDatabase> {
  const url = await createDatabase(process.env.TEST_DATABASE_URL ?? (await startedServer()).url);
  if (options.migrated) await migrate(url);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on("error", () => undefined);
  return {
    url,
    query: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(sql, [...values])).rows,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function startedServer(): Promise<Postgres> {
  server ??= startPostgres();
  return server;
}

async function createDatabase(address: string): Promise<string> {
  const name = `chronoledger_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  // By text: an address without a host, as a socket's is, is no URL.
  return address.replace(/^([a-z]+:\/\/[^/]*)\/[^?]*/, `$1/${name}`);
}
