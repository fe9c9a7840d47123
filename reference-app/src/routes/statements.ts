import Router from "@koa/router";
import { fromKnex } from "pg-boss";
import { z } from "zod";
import type { Database } from "../database.ts";
import { Statement } from "../models/statement.ts";
import { notFound, Problem, parseInput } from "../problem.ts";
import { type StatementJob, statementQueue } from "../statements/queue.ts";
import { findProject, idSchema } from "./projects.ts";

/** The one thing that the API asks of the queue: `db` is the transaction that the job becomes visible with. */
export interface StatementSender {
  send(queue: string, job: StatementJob, options: { singletonKey: string; db: ReturnType<typeof fromKnex> }): unknown;
}

const newStatement = z.strictObject({
  project_id: idSchema,
  month: z.string().regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/, "is a month, YYYY-MM"),
});

export function statementRoutes(database: Database, queue: () => Promise<StatementSender>): Router {
  const router = new Router({ prefix: "/api/statements" });
  router.get("/", async (context) => {
    const statements = await Statement.query(database)
      .orderBy([{ column: "month", order: "desc" }, "project_id"])
      .limit(500);
    context.body = { statements: statements.map(present) };
  });
  router.post("/", async (context) => {
    const input = parseInput(newStatement, context.request.body);
    await findProject(database, input.project_id);
    const statement = await requestStatement(database, await queue(), input);
    context.status = 202;
    context.body = present(statement);
  });
  router.get("/:id", async (context) => {
    context.body = present(await findStatement(database, context.params.id));
  });
  router.get("/:id/file", async (context) => {
    const statement = await findStatement(database, context.params.id);
    if (statement.csv === null) throw new Problem(409, "not-ready", "the statement is not ready yet");
    context.attachment(`statement-${statement.month}.csv`);
    context.type = "text/csv; charset=utf-8";
    context.body = statement.csv;
  });
  return router;
}

/** Row and job in one transaction; asked for again, the same row comes back and no second job is made. */
async function requestStatement(
  database: Database,
  queue: StatementSender,
  input: z.infer<typeof newStatement>,
): Promise<Statement> {
  return database.transaction(async (transaction) => {
    const made: readonly Statement[] = await transaction("statements")
      .insert(input)
      .onConflict(["project_id", "month"])
      .ignore()
      .returning("*");
    const [statement] = made;
    if (statement === undefined) return Statement.query(transaction).findOne(input).throwIfNotFound();
    await queue.send(
      statementQueue,
      { statement: statement.id },
      { singletonKey: statement.id, db: fromKnex(transaction) },
    );
    return statement;
  });
}

async function findStatement(database: Database, id: unknown): Promise<Statement> {
  const parsed = idSchema.safeParse(id);
  const statement = parsed.success ? await Statement.query(database).findById(parsed.data) : undefined;
  if (statement === undefined) throw notFound("statement");
  return statement;
}

function present(statement: Statement) {
  const { id, project_id, month, minutes, amount_cents } = statement;
  const status = statement.ready_at === null ? "requested" : "ready";
  return { id, project_id, month, status, minutes, amount_cents: amount_cents === null ? null : Number(amount_cents) };
}
