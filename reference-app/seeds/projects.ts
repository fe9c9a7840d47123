import type { Knex } from "knex";

const projects = [
  ["0b8a4f9e-54d2-4c7c-8f0e-2f6a7d3b0001", "harbour-site", "Harbour website", "Port of Aarhus", 9_500],
  ["0b8a4f9e-54d2-4c7c-8f0e-2f6a7d3b0002", "tide-tables", "Tide tables", "Hydrographic Office", 11_275],
] as const;
const notes = ["Planning", "Interviews", "Sketches", "Review with the client", "Accessibility", "Tests", "Handover"];
const minutes = [90, 45, 135, 20, 75, 15, 240];

/** The same rows however often it runs: ids and days are fixed, and what was changed by hand is put back. */
export async function seed(knex: Knex): Promise<void> {
  for (const [id, slug, name, client, hourly_rate_cents] of projects) {
    await knex("projects").insert({ id, slug, name, client, hourly_rate_cents }).onConflict("id").merge();
  }
  await knex("time_entries")
    .insert(projects.flatMap(([id], index) => entriesOf(id, index)))
    .onConflict("id")
    .merge();
}

function entriesOf(project_id: string, project: number) {
  return Array.from({ length: 30 }, (_, index) => ({
    id: `3f5c9f10-8d7b-4a55-9d7e-${String(project).padStart(4, "0")}${String(index).padStart(8, "0")}`,
    project_id,
    worked_on: `2026-10-${String(index + 1).padStart(2, "0")}`,
    minutes: minutes[(index + project) % minutes.length] ?? 60,
    note: notes[index % notes.length] ?? "",
  }));
}
