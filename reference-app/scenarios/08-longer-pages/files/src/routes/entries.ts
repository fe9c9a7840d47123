import Router from "@koa/router";
import { z } from "zod";
import { type Cursor, cursorSchema, writeCursor } from "../cursor.ts";
import type { Database } from "../database.ts";
import { TimeEntry } from "../models/time-entry.ts";
import { notFound, parseInput } from "../problem.ts";
import { day, text } from "../text.ts";
import { findProject, idSchema } from "./projects.ts";

const newEntry = z.strictObject({
  project_id: idSchema,
  worked_on: day,
  minutes: z.int().min(0, "is 0 to 1440").max(1_440, "is 0 to 1440"),
  note: text(500).default(""),
});
const listQuery = z.strictObject({
  project: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: cursorSchema.optional(),
});

export function entryRoutes(database: Database): Router {
  const router = new Router({ prefix: "/api/entries" });
  router.get("/", async (context) => {
    const { project, limit, after } = parseInput(listQuery, context.query);
    // One more than asked for tells whether there is a next page, without counting.
    const rows = await listEntries(database, limit + 1, project, after);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    context.body = {
      entries: page.map(present),
      next: last === undefined ? null : writeCursor({ day: last.worked_on, id: last.id }),
    };
  });
  router.post("/", async (context) => {
    const input = parseInput(newEntry, context.request.body);
    await findProject(database, input.project_id);
    const entry = await TimeEntry.query(database).insert(input).returning("*");
    context.status = 201;
    context.body = present(entry);
  });
  router.get("/:id", async (context) => {
    const id = idSchema.safeParse(context.params.id);
    const entry = id.success ? await TimeEntry.query(database).findById(id.data) : undefined;
    if (entry === undefined) throw notFound("entry");
    context.body = present(entry);
  });
  return router;
}

/** Newest day first. By key, not by offset: an entry made meanwhile neither repeats nor hides another. */
function listEntries(database: Database, limit: number, project?: string, after?: Cursor) {
  const query = TimeEntry.query(database)
    .orderBy([
      { column: "worked_on", order: "desc" },
      { column: "id", order: "desc" },
    ])
    .limit(limit);
  if (project !== undefined) query.where("project_id", project);
  if (after !== undefined) query.whereRaw("(worked_on, id) < (?::date, ?::uuid)", [after.day, after.id]);
  return query;
}

function present(entry: TimeEntry) {
  const { id, project_id, worked_on, minutes, note } = entry;
  return { id, project_id, worked_on, minutes, note };
}
