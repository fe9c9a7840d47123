import type { Project } from "./api.ts";
import { find, make } from "./find.ts";

export function showProjects(projects: readonly Project[]): void {
  find("#projects", HTMLUListElement).replaceChildren(...projects.map(item));
  const options = projects.map((project) => new Option(project.name, project.id));
  find("#add select", HTMLSelectElement).replaceChildren(...options);
}

function item(project: Project): HTMLElement {
  return make("li", `${project.name}, ${project.client}`);
}
