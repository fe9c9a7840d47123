import type { Database } from "../database.ts";
import { Project } from "../models/project.ts";
import { Statement } from "../models/statement.ts";
import { TimeEntry } from "../models/time-entry.ts";
import { writeStatement } from "./csv.ts";

/**
 * Fills in a statement, once: the row is locked, and one that is ready is left as it is, so a job that runs a second
 * time (its first worker died, or was only slow) has no effect. Entries made later belong to no statement that is out.
 */
export async function produceStatement(database: Database, id: string): Promise<"produced" | "ready" | "gone"> {
  return database.transaction(async (transaction) => {
    const statement = await Statement.query(transaction).findById(id).forUpdate();
    if (statement === undefined) return "gone";
    if (statement.ready_at !== null) return "ready";
    const project = await Project.query(transaction).findById(statement.project_id).throwIfNotFound();
    const entries = await TimeEntry.query(transaction)
      .select("worked_on", "minutes", "note")
      .where("project_id", project.id)
      .whereRaw("to_char(worked_on, 'YYYY-MM') = ?", [statement.month])
      .orderBy(["worked_on", "id"]);
    const file = writeStatement({
      project: project.name,
      client: project.client,
      hourlyRateCents: project.hourly_rate_cents,
      month: statement.month,
      entries,
    });
    await transaction("statements").where({ id }).update({
      minutes: file.minutes,
      amount_cents: file.amountCents.toString(),
      csv: file.csv,
      ready_at: transaction.fn.now(),
    });
    return "produced";
  });
}
