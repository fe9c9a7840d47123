import { readdirSync } from "node:fs";
import { join } from "node:path";
import { getConstructionPlans } from "pg-boss";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrate, seed } from "../development/migrate.ts";
import { requiredMigration } from "../src/required-migration.ts";
import { startDatabase, type TestDatabase } from "./database.ts";

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await startDatabase({ migrated: true });
});
afterAll(() => postgres[Symbol.asyncDispose]());

const files = readdirSync(join(import.meta.dirname, "../migrations")).toSorted();

it("names the newest migration as the one that the code needs", () => {
  expect(`${requiredMigration}.ts`).toBe(files.at(-1));
});

it("applies every migration once", async () => {
  expect(await migrate(postgres.url)).toEqual([]);
  const rows = await postgres.query<{ name: string }>("select name from knex_migrations order by id");
  expect(rows.map((row) => row.name)).toEqual(files);
});

it("holds the queue schema of the pg-boss that is installed", async () => {
  // A newer pg-boss would change the schema when a service starts: it needs a migration first.
  const wanted = /INSERT INTO queue\.version\(version\) VALUES \('(\d+)'\)/.exec(getConstructionPlans("queue"))?.[1];
  const [row] = await postgres.query<{ version: number }>("select version from queue.version");
  expect(String(row?.version)).toBe(wanted);
});

it("seeds the same rows however often", async () => {
  const dump = async () => [
    await postgres.query("select id, slug, name, client, hourly_rate_cents from projects order by id"),
    await postgres.query("select id, project_id, worked_on::text, minutes, note from time_entries order by id"),
  ];
  await seed(postgres.url);
  const once = await dump();
  await postgres.query(
    "update time_entries set minutes = minutes + 1 where id = (select min(id::text)::uuid from time_entries where note = 'Planning')",
  );
  await seed(postgres.url);
  expect(await dump()).toEqual(once);
  expect(once[1]?.length).toBeGreaterThan(60);
});
