import * as z from "zod";
import { recordedCode } from "./parts/codes.ts";
import { recordedFailureSchema } from "./parts/failed.ts";
import {
  count,
  type Described,
  done,
  env,
  epoch,
  instant,
  planHash,
  position,
  runUrl,
  sha,
  stepEnd,
  stepKind,
  version,
} from "./parts/fields.ts";

const stepSchema = z.strictObject({
  n: position,
  kind: stepKind,
  name: z.string().nullable().describe("Service of the step; null: it is of none."),
  back: z.boolean().describe("It put back."),
  ...stepEnd,
  log: z.string().nullable().describe("Key of its whole log in the store; null: none is stored."),
});

const epochSchema = z
  .strictObject({
    env,
    epoch,
    command: z
      .enum(["promote", "rollback", "infrastructure"])
      .describe("infrastructure: promote lock run, or a purge."),
    resumes: epoch.nullable().describe("Epoch whose unfinished promotion it went on with; null: of none."),
    by: z.string(),
    runUrl,
    from: sha.nullable().describe("What ran before; null: nothing, or it got to no plan."),
    to: sha.nullable(),
    plan: planHash.nullable().describe("Its hash; null: it got to none."),
    startedAt: instant,
    endedAt: instant.nullable().describe("Null: it has no outcome."),
    outcome: z.enum(["done", "failed", "refused", "unknown"]).describe("unknown: none is recorded."),
    environment: z
      .enum(["promoted", "unchanged", "reverted", "partial"])
      .nullable()
      .describe("What became of it; null: no outcome is recorded."),
    ended: z.string().describe("How it ended, in words."),
    overridden: z.array(z.strictObject({ code: recordedCode, reason: z.string() })),
    waived: z.array(recordedCode),
    approvedBy: z.array(z.string()),
    reason: z.string().nullable().describe("--reason; null: none was given."),
    reasons: z.array(z.strictObject({ code: recordedCode, message: z.string() })).describe("Why it was refused."),
    failure: recordedFailureSchema.nullable().describe("Null: nothing failed."),
    database: z
      .strictObject({ migrations: count })
      .nullable()
      .describe("Another database was put in place, with so many migrations applied; null: none was."),
    steps: z.array(stepSchema),
  })
  .meta({ id: "Epoch", description: "One run of an environment." });

export const historySchema = z
  .strictObject({
    kind: z.literal("history"),
    version,
    app: z.string(),
    epochs: z.array(epochSchema).describe("Newest first."),
    exit: done,
  })
  .describe("Who changed what, when, and how it ended (promote history).");
export type HistoryDocument = Described<typeof historySchema>;
export type EpochDocument = Described<typeof epochSchema>;
export type EpochStepDocument = Described<typeof stepSchema>;
