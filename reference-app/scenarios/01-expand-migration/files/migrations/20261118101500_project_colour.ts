import type { Knex } from "knex";

/** Nullable and without a default: no row is rewritten, and releases that do not know it go on inserting. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("alter table projects add column colour text");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table projects drop column colour");
}
