import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.raw("alter table projects add column archived_at timestamptz");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table projects drop column archived_at");
}
