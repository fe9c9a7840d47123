import knex, { type Knex } from "knex";
import pg from "pg";
import type { Log } from "./log.ts";

export type Database = Knex;

const dateType = 1082;
// A date has no time and no zone: left as text, it cannot move to the day before.
pg.types.setTypeParser(dateType, (text) => text);

/** Opens no connection yet: the first query does. */
export function openDatabase(url: string, log: Log, connections = 10): Database {
  return knex({
    client: "pg",
    connection: { connectionString: url, application_name: "chronoledger", connectionTimeoutMillis: 3_000 },
    pool: { min: 0, max: connections },
    acquireConnectionTimeout: 5_000,
    log: {
      warn: (message: unknown) => log.warn(String(message)),
      error: (message: unknown) => log.error(String(message)),
      deprecate: (message: unknown) => log.warn(String(message)),
      debug: (message: unknown) => log.debug(String(message)),
    },
  });
}
