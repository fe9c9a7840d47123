import { ask, type Project } from "./api.ts";
import { showEntries } from "./entries.ts";
import { find } from "./find.ts";
import { connectForm } from "./form.ts";
import { showProjects } from "./projects.ts";
import { showVersion } from "./version.ts";

async function start(): Promise<void> {
  const { projects } = await ask<{ readonly projects: readonly Project[] }>("/api/projects");
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  const refresh = () => showEntries((id) => names.get(id) ?? "archived project");
  showProjects(projects);
  connectForm(refresh);
  await Promise.all([refresh(), showVersion()]);
}

start().catch((error: unknown) => {
  const status = find("#add-status", HTMLElement);
  status.textContent = `ChronoLedger cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
  status.classList.add("wrong");
});
