import type { Knex } from "knex";

/** A statement is asked for once per project and month; the worker fills in what is null. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create table statements (
    id uuid primary key default gen_random_uuid(),
    project_id uuid not null references projects (id),
    month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    requested_at timestamptz not null default now(),
    ready_at timestamptz,
    minutes integer,
    amount_cents bigint,
    csv text,
    unique (project_id, month)
  )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table statements");
}
