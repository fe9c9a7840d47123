import type { EnvironmentName } from "@slipway/pipeline";
import { localDatabaseUrl } from "@slipway/pipeline/local";
import pg from "pg";
import type { Environment, Stage } from "./stage.ts";

/** What an environment's database answers: the proof that no command printed. */
export async function queryDatabase(
  stage: Stage,
  environment: Environment,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const connectionString = await localDatabaseUrl(stage.folder, environment as EnvironmentName);
  if (!connectionString) throw new Error("the local platform does not run");
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
