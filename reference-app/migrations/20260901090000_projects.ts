import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create table projects (
    id uuid primary key default gen_random_uuid(),
    slug text not null unique,
    name text not null,
    client text not null,
    hourly_rate_cents integer not null check (hourly_rate_cents >= 0),
    created_at timestamptz not null default now()
  )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table projects");
}
