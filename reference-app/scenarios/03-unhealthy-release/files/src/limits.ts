import type { Database } from "./database.ts";

/** Limits that support may change without a release, by name. */
export async function readLimits(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await database<{ name: string; value: number }>("settings").select("name", "value");
  return new Map(rows.map(({ name, value }) => [name, value]));
}
