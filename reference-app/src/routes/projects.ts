import Router from "@koa/router";
import { z } from "zod";
import type { Database } from "../database.ts";
import { Project } from "../models/project.ts";
import { notFound, Problem, parseInput } from "../problem.ts";
import { text } from "../text.ts";

const newProject = z.strictObject({
  slug: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "is lower-case letters, digits and dashes, at most 40"),
  name: text(100).min(1),
  client: text(100).min(1),
  hourly_rate_cents: z.int().min(0).max(1_000_000),
});
export const idSchema = z.uuid();

export function projectRoutes(database: Database): Router {
  const router = new Router({ prefix: "/api/projects" });
  router.get("/", async (context) => {
    const projects = await Project.query(database).whereNull("archived_at").orderBy("name").limit(500);
    context.body = { projects: projects.map(present) };
  });
  router.post("/", async (context) => {
    const input = parseInput(newProject, context.request.body);
    const rows: readonly Project[] = await database("projects")
      .insert(input)
      .onConflict("slug")
      .ignore()
      .returning("*");
    const [project] = rows;
    if (project === undefined) {
      throw new Problem(409, "exists", "a project has this slug", [{ field: "slug", rule: "is unique" }]);
    }
    context.status = 201;
    context.body = present(project);
  });
  router.get("/:id", async (context) => {
    context.body = present(await findProject(database, context.params.id));
  });
  return router;
}

/** @throws Problem 404 also for what cannot be an id. */
export async function findProject(database: Database, id: unknown): Promise<Project> {
  const parsed = idSchema.safeParse(id);
  const project = parsed.success ? await Project.query(database).findById(parsed.data) : undefined;
  if (project === undefined) throw notFound("project");
  return project;
}

/** What clients see: named here, so that a new column is not published by accident. */
function present(project: Project) {
  const { id, slug, name, client, hourly_rate_cents } = project;
  return { id, slug, name, client, hourly_rate_cents };
}
