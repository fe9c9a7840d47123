import * as z from "zod";
import { type EnvironmentState, type Plan, type ReleaseRef, type Step, stepKinds } from "../promotion/plan.ts";
import {
  digestSchema,
  environmentNameSchema,
  epochSchema,
  serviceNameSchema,
  shaSchema,
} from "./identifier-schemas.ts";

/* Plans as records hold them. Fields that a later engine adds are tolerated and not kept (experience.md §3.7). */

const revisionSchema = z.object({ sha: shaSchema, image: digestSchema, template: digestSchema });
const webRevisionSchema = z.object({ sha: shaSchema, digest: digestSchema });

export const releaseRefSchema: z.ZodType<ReleaseRef> = z.object({ sha: shaSchema, digest: digestSchema });
export const environmentStateSchema: z.ZodType<EnvironmentState> = z.object({
  services: z.record(serviceNameSchema, revisionSchema.nullable()),
  web: webRevisionSchema.nullable(),
});
export const appliedMigrationSchema = z.object({ name: z.string().max(300), sha256: digestSchema.nullable() });
export const schemaBeliefSchema = z.object({
  applied: z.array(appliedMigrationSchema).max(20_000),
  certain: z.boolean(),
});

const already = z.boolean();
const stepSchema: z.ZodType<Step> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("pin-artifacts"),
    already,
    sha: shaSchema,
    images: z.array(digestSchema),
    told: z.object({ hasRunner: z.literal(true) }).optional(),
  }),
  z.object({
    kind: z.literal("prepare-services"),
    already,
    services: z.array(z.object({ service: serviceNameSchema, to: revisionSchema })),
  }),
  z.object({
    kind: z.literal("publish-web"),
    already,
    web: webRevisionSchema,
    files: z.number(),
    bytes: z.number(),
  }),
  z.object({
    kind: z.literal("run-migrations"),
    already,
    sha: shaSchema,
    template: digestSchema,
    pending: z.array(z.string()),
    expect: schemaBeliefSchema,
  }),
  z.object({
    kind: z.literal("roll-service"),
    already,
    service: serviceNameSchema,
    to: revisionSchema,
    expects: z.union([z.literal("anything"), z.array(revisionSchema.nullable())]),
  }),
  z.object({ kind: z.literal("retire-service"), already, service: serviceNameSchema }),
  z.object({
    kind: z.literal("switch-web"),
    already,
    from: webRevisionSchema.nullable(),
    to: webRevisionSchema.nullable(),
    told: z.object({ entries: z.number() }).optional(),
  }),
  z.object({ kind: z.literal("invalidate"), already, paths: z.array(z.string()) }),
  z.object({
    kind: z.literal("verify-live"),
    already: z.literal(false),
    state: environmentStateSchema,
    told: z.object({ entries: z.number().nullable(), smokeChecks: z.number() }).optional(),
  }),
]);

export const stepKindSchema = z.enum(stepKinds);

export const planSchema: z.ZodType<Plan> = z.object({
  version: z.literal(1),
  action: z.enum(["promote", "rollback", "go-back"]),
  environment: environmentNameSchema,
  only: z.literal("web").nullable(),
  release: releaseRefSchema.nullable(),
  webRelease: releaseRefSchema.nullable(),
  follows: epochSchema,
  target: digestSchema,
  before: environmentStateSchema,
  goal: environmentStateSchema,
  steps: z.array(stepSchema).max(500),
  hash: digestSchema,
});
