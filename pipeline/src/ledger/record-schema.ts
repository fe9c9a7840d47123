import * as z from "zod";
import type { FailureCode, RefusalCode } from "../codes.ts";
import {
  actorSchema,
  cutText,
  digestSchema,
  environmentNameSchema,
  epochSchema,
  instantSchema,
  shaSchema,
} from "./identifier-schemas.ts";
import {
  appliedMigrationSchema,
  environmentStateSchema,
  planSchema,
  releaseRefSchema,
  stepKindSchema,
} from "./plan-schema.ts";
import type { FailureReport, GoodRun, LedgerRecord, PromotionRequest, RecordBody, StepReport } from "./records.ts";

/*
 * Records as they are read back. Lists of codes are closed for those who write: a reader takes any word, so that an old
 * engine can still show what a newer one recorded. Texts are cut where they are too long: whoever may write the bucket may
 * write them, and a ledger must not become unreadable by a long message of somebody else's.
 */

const text = cutText(20_000);
const code = z.string().max(60);
const refusalCodeSchema = code.transform((word) => word as RefusalCode);
const failureCodeSchema = code.transform((word) => word as FailureCode);

export const requestSchema: z.ZodType<PromotionRequest> = z.object({
  action: z.enum(["promote", "rollback"]),
  environment: environmentNameSchema,
  sha: shaSchema.nullable(),
  only: z.literal("web").nullable(),
  trigger: z.enum(["person", "automation"]),
  overrides: z.array(refusalCodeSchema).max(100),
  reason: text.nullable(),
  expect: z.string().max(100).nullable(),
  until: z.enum(["healthy", "drained"]),
  by: actorSchema,
  runUrl: cutText(1000).nullable(),
});

const failureShape = z.object({
  code: failureCodeSchema,
  step: stepKindSchema.nullable(),
  name: z.string().max(300).nullable(),
  cause: text,
  where: z.object({ file: cutText(1000), line: z.number().nullable(), excerpt: z.array(text).max(100) }).nullable(),
  log: z.array(text).max(100),
  logLines: z.number(),
  requestsServed: z.number().nullable(),
});
export const failureSchema: z.ZodType<FailureReport> = failureShape;
const turnReasonSchema = z.union([failureShape, z.object({ code: refusalCodeSchema, cause: text })]);
export const turnedSchema: z.ZodType<Extract<RecordBody, { kind: "turn" }>["because"]> = turnReasonSchema;

const reportSchema: z.ZodType<StepReport> = z.object({
  status: z.enum(["done", "failed", "unknown"]),
  changed: z.boolean(),
  summary: text,
  failure: failureSchema.nullable(),
  notOurs: z.boolean(),
});

export const overriddenSchema = z.array(z.object({ code: refusalCodeSchema, reason: text })).max(100);
export const baselineSchema = z.object({
  release: releaseRefSchema.nullable(),
  webRelease: releaseRefSchema.nullable(),
  state: environmentStateSchema,
});

export const goodRunSchema: z.ZodType<GoodRun> = z.object({
  sha: shaSchema,
  digest: digestSchema,
  webSha: shaSchema.nullable(),
  webDigest: digestSchema.nullable(),
  epoch: epochSchema,
  action: z.enum(["promote", "rollback"]),
  by: actorSchema,
  runUrl: cutText(1000).nullable(),
  from: instantSchema,
  until: instantSchema.nullable(),
  leftBy: z.enum(["replaced", "rolled-back", "disturbed", "drifted"]).nullable(),
  state: environmentStateSchema,
  targetDigest: digestSchema,
});
const bodySchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("open"),
    command: z.enum(["promote", "rollback", "infrastructure"]),
    request: requestSchema.nullable(),
    resumes: epochSchema.nullable(),
    by: actorSchema,
    host: cutText(300),
    runUrl: cutText(1000).nullable(),
  }),
  z.object({
    kind: z.literal("plan"),
    request: requestSchema,
    promotion: epochSchema,
    plan: planSchema,
    expected: digestSchema,
    overridden: overriddenSchema,
    waived: z.array(refusalCodeSchema).max(100),
    approvedBy: z.array(cutText(300)).max(1000),
    policyDigest: digestSchema.nullable(),
    baseline: baselineSchema,
    fenced: z.object({ applied: z.array(appliedMigrationSchema).max(20_000) }).nullable(),
  }),
  z.object({
    kind: z.literal("migrate-started"),
    attempt: z.number().int(),
    key: z.string().max(300),
    pending: z.array(z.string().max(300)).max(20_000),
  }),
  z.object({
    kind: z.literal("migrate-finished"),
    attempt: z.number().int(),
    result: z.enum(["done", "failed"]),
    applied: z.array(appliedMigrationSchema).max(20_000).nullable(),
  }),
  z.object({
    kind: z.literal("step"),
    n: z.number().int(),
    step: stepKindSchema,
    name: z.string().max(300).nullable(),
    back: z.boolean(),
    report: reportSchema,
    milliseconds: z.number(),
    log: z.string().max(600).nullable(),
  }),
  z.object({ kind: z.literal("turn"), because: turnReasonSchema, plan: planSchema }),
  z.object({
    kind: z.literal("outcome"),
    result: z.enum(["done", "reverted", "refused", "partial"]),
    environment: z.enum(["promoted", "unchanged", "reverted", "partial"]),
    failure: failureSchema.nullable(),
    reasons: z.array(z.object({ code: refusalCodeSchema, message: text })).max(200),
    observed: environmentStateSchema.nullable(),
    observedAt: instantSchema,
    notBack: z.array(z.string().max(300)).max(200),
    held: z.boolean(),
  }),
]);

/** `environments/<env>/history/<seq>.json`, version 1. */
export const recordSchema: z.ZodType<LedgerRecord> = z.object({
  version: z.literal(1),
  environment: environmentNameSchema,
  seq: z.number().int().positive(),
  epoch: z.number().int().positive(),
  nonce: z.string().min(1).max(100),
  at: instantSchema,
  prev: digestSchema.nullable(),
  body: bodySchema,
});
