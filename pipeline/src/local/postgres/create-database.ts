import type { Client } from "pg";
import { quoteInput } from "../../identifiers.ts";

const databaseNamePattern = /^[a-z][a-z0-9_-]{0,62}$/;

/** Creates a database from template0, which nobody can be connected to, unless it is there. */
export async function createDatabase(client: Client, name: string): Promise<void> {
  if (!databaseNamePattern.test(name)) throw new Error(`not a database name: ${quoteInput(name)}`);
  const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
  if (rowCount !== 0) return;
  try {
    await client.query(`create database "${name}" template template0`);
  } catch (error) {
    if (!isThereAlready(error)) throw error;
  }
}

/** 42P04: duplicate_database. 23505: two were created at the very same moment. */
const isThereAlready = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "42P04" || error.code === "23505");
