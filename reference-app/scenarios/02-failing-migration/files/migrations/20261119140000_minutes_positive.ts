import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table time_entries
    add constraint minutes_positive check (minutes > 0)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table time_entries drop constraint minutes_positive");
}
