import * as z from "zod";
import {
  ask,
  bytes,
  count,
  type Described,
  decision,
  digest,
  direction,
  env,
  exit,
  planHash,
  position,
  sha,
  version,
} from "./parts/fields.ts";
import { reasonSchema } from "./parts/reason.ts";

const at = { n: position, already: z.boolean().describe("A prediction: there will be nothing to do.") };
const service = z.string().describe("A service.");

const stepSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...at, kind: z.literal("pin-artifacts"), images: z.array(digest) }),
    z.strictObject({ ...at, kind: z.literal("prepare-services"), services: z.array(service) }),
    z.strictObject({
      ...at,
      kind: z.literal("publish-web"),
      files: count.describe("Assets that the environment lacks."),
      bytes,
    }),
    z.strictObject({
      ...at,
      kind: z.literal("run-migrations"),
      migrations: z.array(z.string()).describe("Pending ones."),
      class: z
        .enum(["expand", "neutral", "contract"])
        .nullable()
        .describe(
          "What the migration gate finds them to be. This version has no gate, so it is always null: not looked at.",
        ),
    }),
    z.strictObject({ ...at, kind: z.literal("roll-service"), name: service, image: digest }),
    z.strictObject({ ...at, kind: z.literal("retire-service"), name: service }),
    z.strictObject({
      ...at,
      kind: z.literal("switch-web"),
      from: sha.nullable().describe("Null: no pages are live."),
      to: sha.nullable().describe("Null: there are no pages any more."),
    }),
    z.strictObject({ ...at, kind: z.literal("invalidate"), paths: z.array(z.string()).describe("URL paths.") }),
    z.strictObject({ ...at, kind: z.literal("verify-live"), services: z.array(service) }),
  ])
  .meta({ id: "Step" });

export const planSchema = z
  .strictObject({
    kind: z.literal("plan"),
    version,
    hash: planHash.nullable().describe("--expect and approvals name it; null: too little could be read to plan."),
    env,
    direction,
    from: sha.nullable().describe("What runs; null: nothing."),
    to: sha.nullable().describe("Null: nothing to go back to was found."),
    decision,
    ask,
    reasons: z.array(reasonSchema),
    steps: z.array(stepSchema),
    exit,
  })
  .describe("The steps that a promotion or rollback would take, and their hash (promote plan). Nothing was changed.");
export type PlanDocument = Described<typeof planSchema>;
export type StepDocument = Described<typeof stepSchema>;
