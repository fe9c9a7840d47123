import * as z from "zod";
import { digestSchema, environmentNameSchema, epochSchema, instantSchema } from "./identifier-schemas.ts";
import { appliedMigrationSchema, environmentStateSchema, planSchema, schemaBeliefSchema } from "./plan-schema.ts";
import {
  baselineSchema,
  failureSchema,
  goodRunSchema,
  overriddenSchema,
  requestSchema,
  turnedSchema,
} from "./record-schema.ts";
import type { Standing } from "./records.ts";

const unfinishedSchema = z.object({
  epoch: epochSchema,
  promotion: epochSchema,
  at: instantSchema,
  disturbed: z.boolean().exactOptional(),
  drifted: z.boolean().exactOptional(),
  request: requestSchema,
  plan: planSchema,
  left: z.array(environmentStateSchema).max(1_000),
  expected: digestSchema,
  baseline: baselineSchema,
  turned: turnedSchema.nullable(),
  partial: z.object({ failure: failureSchema.nullable(), notBack: z.array(z.string().max(300)).max(200) }).nullable(),
  overridden: overriddenSchema,
});

const standingSchema = z.object({
  environment: environmentNameSchema,
  seq: z.number().int().nonnegative(),
  head: digestSchema.nullable(),
  lineage: z.string().max(100).nullable(),
  epoch: epochSchema,
  settled: epochSchema,
  good: z.array(goodRunSchema).max(100),
  unfinished: unfinishedSchema.nullable(),
  claimed: epochSchema.nullable(),
  schema: schemaBeliefSchema,
  openMigration: z.object({ epoch: epochSchema, attempt: z.number().int(), key: z.string().max(300) }).nullable(),
  known: z.array(appliedMigrationSchema).max(20_000),
  last: z
    .object({ epoch: epochSchema, outcome: z.enum(["done", "reverted", "refused", "partial"]).nullable() })
    .nullable(),
}) satisfies z.ZodType<Standing>;

/** Grows with each change of the fold: a copy that another engine has folded is passed over, and written anew. */
export const foldVersion = 2;

/** `environments/<env>/current.json`: a copy of the standing, for those who only look. The ledger is the truth. */
export const currentSchema = z.object({
  version: z.literal(1),
  fold: z.literal(foldVersion),
  standing: standingSchema,
});

/** What a copy of any fold says: which record was there, with which bytes. An early one names no fold. */
export const witnessSchema = z.object({
  version: z.literal(1),
  fold: z.int().prefault(1),
  standing: standingSchema.pick({ environment: true, seq: true, head: true }),
});
