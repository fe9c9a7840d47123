import * as z from "zod";
import { refusalCode } from "./parts/codes.ts";
import {
  ask,
  type Described,
  decision,
  direction,
  entry,
  env,
  exit,
  instant,
  planHash,
  sha,
  version,
} from "./parts/fields.ts";
import { reasonSchema } from "./parts/reason.ts";

const rule = z.string().describe("Name of the rule.");
const ruleSchema = z
  .discriminatedUnion("status", [
    z.strictObject({
      rule,
      status: z
        .enum(["passed", "unproven"])
        .describe("unproven: it does not stand in the way, but nothing proves it; what could is not set up."),
      message: z.string(),
    }),
    z.strictObject({
      rule,
      status: z.literal("waived").describe("No, and not asked of this machine (local.waive)."),
      code: refusalCode,
      message: z.string(),
    }),
    z.strictObject({
      rule,
      status: z.literal("overridden").describe("No, and passed over by --override."),
      code: refusalCode,
      message: z.string(),
      because: z.string().describe("The reason that was given."),
    }),
    z.strictObject({ rule, status: z.literal("refused"), ...reasonSchema.shape }),
  ])
  .meta({ id: "Rule" });

export const explainSchema = z
  .strictObject({
    kind: z.literal("explain"),
    version,
    env,
    direction,
    from: sha.nullable().describe("What runs; null: nothing."),
    to: sha.nullable().describe("Null: nothing to go back to was found."),
    plan: planHash.nullable().describe("Its hash; null: too little could be read to plan."),
    at: instant.describe("The moment that it speaks of."),
    asOf: z.boolean().describe("That moment was asked for (--as-of); all else is taken as it is now."),
    decision,
    ask,
    ...entry,
    approvedBy: z.array(z.string()).describe("Whose approvals count."),
    rules: z.array(ruleSchema).describe("Every rule that was asked."),
    reasons: z.array(reasonSchema).describe("Those that refuse."),
    exit,
  })
  .describe("Every reason for and against (promote explain). Nothing was changed.");
export type ExplainDocument = Described<typeof explainSchema>;
export type RuleDocument = Described<typeof ruleSchema>;
