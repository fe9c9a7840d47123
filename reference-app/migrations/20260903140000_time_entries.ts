import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create table time_entries (
    id uuid primary key default gen_random_uuid(),
    project_id uuid not null references projects (id),
    worked_on date not null,
    minutes integer not null,
    note text not null default '',
    created_at timestamptz not null default now()
  )`);
  // The order of the list, so that a page is one range of the index.
  await knex.raw("create index time_entries_by_day on time_entries (worked_on desc, id desc)");
  await knex.raw("create index time_entries_by_project on time_entries (project_id, worked_on)");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table time_entries");
}
