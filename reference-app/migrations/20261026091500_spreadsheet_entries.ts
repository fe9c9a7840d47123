import type { Knex } from "knex";

const project = "7f0c2f3e-6a51-4c0e-9d52-3b1d2c9a0001";

/**
 * The last week of the spreadsheet that ChronoLedger replaces, as it was: one of its lines has no minutes.
 * Repeatable by its fixed ids.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `insert into projects (id, slug, name, client, hourly_rate_cents)
     values (?, 'back-office', 'Back office', 'Ourselves', 6000)
     on conflict do nothing`,
    [project],
  );
  const lines: readonly (readonly [string, string, number, string])[] = [
    ["5b1f0a52-0d4e-4e47-8a0b-1c6f5e2d0001", "2026-10-19", 95, "Monthly invoices"],
    ["5b1f0a52-0d4e-4e47-8a0b-1c6f5e2d0002", "2026-10-20", 40, "Order of new screens"],
    ["5b1f0a52-0d4e-4e47-8a0b-1c6f5e2d0003", "2026-10-21", 0, "Tax adviser, to be filled in"],
    ["5b1f0a52-0d4e-4e47-8a0b-1c6f5e2d0004", "2026-10-22", 125, "Budget of the year"],
  ];
  for (const [id, day, minutes, note] of lines) {
    await knex.raw(
      `insert into time_entries (id, project_id, worked_on, minutes, note)
       values (?, ?, ?, ?, ?) on conflict do nothing`,
      [id, project, day, minutes, note],
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("delete from time_entries where project_id = ?", [project]);
  await knex.raw("delete from projects where id = ?", [project]);
}
