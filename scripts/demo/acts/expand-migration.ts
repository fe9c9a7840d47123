import assert from "node:assert/strict";
import { queryDatabase } from "../query-database.ts";
import type { Act } from "../stage.ts";

const migration = "20261118101500_project_colour";

export const expandMigration: Act = {
  slug: "expand-migration",
  title: "A column is added, and only then the code that uses it",
  play: async (stage) => {
    await stage.build("expand-migration");
    for (const environment of ["dev", "staging"] as const) await stage.move("expand-migration", environment);
    const columns = await queryDatabase(
      stage,
      "staging",
      "select column_name from information_schema.columns where table_name = 'projects' and column_name = 'colour'",
    );
    assert.equal(columns.length, 1, "staging has no column projects.colour");
    const applied = await queryDatabase(
      stage,
      "staging",
      "select name from slipway_migrations order by applied_at, name",
    );
    assert.equal(applied.at(-1)?.name, migration);
    const projects = await (await fetch(`${stage.urls.staging}/api/projects`)).text();
    assert(projects.includes("colour"), "the API of staging does not answer the new column");
    return { migration, applied: applied.length };
  },
};
