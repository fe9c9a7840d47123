import { fromKnex, PgBoss } from "pg-boss";
import type { Database } from "../database.ts";
import type { Log } from "../log.ts";

/** The queue of the migration `…_statement_queue`; its retries and its heartbeat are set there. */
export const statementQueue = "statement";
export interface StatementJob {
  readonly statement: string;
}

interface Role {
  /** The worker looks for jobs whose worker died; the API only sends. */
  readonly supervise: boolean;
}

/**
 * The schema comes from a migration, so starting changes nothing (`createSchema: false` makes a missing one an error
 * instead of a second way to install it). `migrate` stays on because without it pg-boss refuses a schema newer than
 * itself, and then no older release could be gone back to.
 */
export function createQueue(database: Database, log: Log, role: Role): PgBoss {
  const queue = new PgBoss({
    db: fromKnex(database),
    schema: "queue",
    createSchema: false,
    migrate: true,
    schedule: false,
    supervise: role.supervise,
    superviseIntervalSeconds: 3,
    monitorIntervalSeconds: 3,
  });
  queue.on("error", (error) => log.error({ err: error }, "queue"));
  return queue;
}
