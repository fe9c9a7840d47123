import * as z from "zod";
import { failureCode, recordedCode } from "./codes.ts";
import { count, type Described, stepKind } from "./fields.ts";

const shape = {
  step: stepKind.nullable().describe("Null: it was not a step that failed."),
  name: z.string().nullable().describe("Service of that step; null: it is of none."),
  cause: z.string().describe("In words."),
  log: z.array(z.string()).describe("The last lines of its log, without secrets."),
  logLines: count.describe("How many lines the whole log has."),
  requestsServed: count.nullable().describe("Requests that reached the new tasks; null: not told."),
};
const place = {
  file: z.string(),
  line: count.nullable(),
  excerpt: z.array(z.string()).describe("Lines around it, as they are shown."),
};
const where = z
  .strictObject({ ...place, path: z.null() })
  .nullable()
  .describe("Where it is written; null: nowhere, or not known.");

export const failureSchema = z
  .strictObject({ code: failureCode, ...shape, where })
  .meta({ id: "Failure", description: "What was tried and did not work." });
export const recordedFailureSchema = z
  .strictObject({ code: recordedCode, ...shape, where })
  .meta({ id: "RecordedFailure", description: "What was tried and did not work, as it was recorded." });
/** As events carry it. */
export const reportedFailureSchema = z
  .strictObject({ code: failureCode, ...shape, where: z.strictObject(place).nullable() })
  .meta({ id: "ReportedFailure", description: "What was tried and did not work." });
export type FailureDocument = Described<typeof failureSchema>;
