import type { Database } from "./database.ts";
import { requiredMigration } from "./required-migration.ts";

export type Readiness =
  | { readonly ready: true; readonly migration: string }
  | { readonly ready: false; readonly migration: string | null; readonly because: string };

const queryTimeoutMilliseconds = 2_000;

/** Whether this process can do its work: the database answers and holds everything that this code needs. */
export async function readReadiness(database: Database, required = requiredMigration): Promise<Readiness> {
  let names: readonly string[];
  try {
    names = await appliedMigrations(database);
  } catch (error) {
    return { ready: false, migration: null, because: unreadyBecause(error) };
  }
  const migration = names.at(-1) ?? null;
  if (migration === null || !names.includes(required)) {
    return { ready: false, migration, because: `migration ${required} is not applied` };
  }
  return { ready: true, migration };
}

/** Without their extensions: what is `.ts` for one runner may be recorded without it by another. */
async function appliedMigrations(database: Database): Promise<readonly string[]> {
  const rows = await database<{ id: number; name: string }>("knex_migrations")
    .select("name")
    .orderBy("name")
    .timeout(queryTimeoutMilliseconds);
  return rows.map((row) => row.name.replace(/\.[cm]?[jt]s$/, ""));
}

function unreadyBecause(error: unknown): string {
  const undefinedTable = "42P01";
  const { code } = error as { readonly code?: unknown };
  return code === undefinedTable ? "no migration is applied" : "the database does not answer";
}
