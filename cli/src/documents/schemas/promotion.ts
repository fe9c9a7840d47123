import * as z from "zod";
import { failureSchema } from "./parts/failed.ts";
import {
  type Described,
  direction,
  env,
  epoch,
  exit,
  instant,
  next,
  planHash,
  position,
  sha,
  stepEnd,
  stepKind,
  version,
} from "./parts/fields.ts";
import { leaseSchema } from "./parts/lease.ts";
import { reasonSchema } from "./parts/reason.ts";

const stepSchema = z.strictObject({
  n: position,
  kind: stepKind,
  name: z.string().optional().describe("Service of the step; absent: it is of none."),
  back: z.literal(true).optional().describe("It put back; absent: it led to where the promotion leads."),
  ...stepEnd,
});
const partSchema = z
  .strictObject({
    part: z.enum(["service", "web"]),
    name: z.string(),
    sha,
    matches: z.boolean().describe("False: it does not run that release; it could not be put back."),
  })
  .meta({ id: "Part", description: "What a part of the environment is known to run now." });

export const promotionSchema = z
  .strictObject({
    kind: z.literal("promotion"),
    version,
    app: z.string(),
    env,
    direction,
    epoch: epoch.nullable().describe("Null: none was begun, and nothing was changed."),
    resumes: epoch.nullable().describe("Epoch whose unfinished promotion it went on with; null: of none."),
    by: z.string(),
    from: sha.nullable().describe("What ran before; null: nothing."),
    to: sha.nullable().describe("Null: back to nothing, or nothing to go back to was found."),
    plan: planHash.nullable().describe("Its hash; null: too little could be read to plan."),
    url: z.string().nullable().describe("Public address of the environment; null: it has none."),
    startedAt: instant,
    endedAt: instant,
    outcome: z.enum(["done", "refused", "failed", "unknown"]),
    environment: z
      .enum(["promoted", "unchanged", "reverted", "partial", "unknown"])
      .describe("What became of it. reverted: something had been changed, and was put back."),
    exit,
    ending: z
      .enum(["done", "already", "refused", "overtaken", "busy", "reverted", "partial", "lost", "open"])
      .describe(
        "Finer than outcome. already: nothing had to be done; overtaken: a newer release runs; busy: somebody else changes the environment; lost: another run has taken over; open: the same command goes on.",
      ),
    reasons: z.array(reasonSchema).describe("Why it was refused."),
    failure: failureSchema.nullable().describe("Null: nothing failed."),
    steps: z.array(stepSchema).describe("Those that were taken."),
    parts: z.array(partSchema).describe("None: nothing was looked at."),
    lease: leaseSchema.nullable().describe("Of whoever is changing the environment, where the ending is busy."),
    next,
  })
  .describe("How a promotion or a rollback ended (promote, promote rollback).");
export type PromotionDocument = Described<typeof promotionSchema>;
