import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { type ProcessGuard, startGuard } from "../src/local/guard/guard.ts";
import { type LocalPostgres, removePostgres, startPostgres } from "../src/local/postgres/postgres.ts";

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Asks on a connection of its own, and ends it. */
  ask(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}
export interface TestPostgres {
  server(): LocalPostgres;
  /** Empty, or as `from` is now (nobody may be connected to that one). */
  createDatabase(from?: TestDatabase): Promise<TestDatabase>;
}

/** A server of this test file's own, without fsync; it ends with the worker, also when that is killed. */
export function usePostgres(): TestPostgres {
  let folder = "";
  let guard: ProcessGuard | null = null;
  let server: LocalPostgres | null = null;
  let count = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
    guard = await startGuard();
    server = await startPostgres({ stateFolder: folder, guard, fsync: false });
  });
  afterAll(async () => {
    await removePostgres(folder);
    await guard?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const running = (): LocalPostgres => {
    if (server === null) throw new Error("the server starts before the first test");
    return server;
  };
  return {
    server: running,
    createDatabase: async (from) => {
      count += 1;
      const name = `test_${count}`;
      await ask(
        running().url("postgres"),
        `create database ${name} template ${from?.name ?? "template0"} strategy file_copy`,
      );
      const url = running().url(name);
      return { name, url, ask: (text, values) => ask(url, text, values) };
    },
  };
}

async function ask(url: string, text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Readonly<Record<string, unknown>>[];
  } finally {
    await client.end();
  }
}
