import * as z from "zod";
import { type Described, done, env, instant, sha, version } from "./parts/fields.ts";

export const approvalSchema = z
  .strictObject({
    kind: z.literal("approval"),
    version,
    env,
    sha,
    plan: z
      .string()
      .regex(/^[0-9a-f]{1,64}$/)
      .nullable()
      .describe("Hash of the plan, or as much of it as --revoke was told; null: whichever was approved."),
    outcome: z.enum(["approved", "already", "revoked", "none"]).describe("none: there was nothing to revoke."),
    by: z.string(),
    at: instant.nullable().describe("Null: of a revocation."),
    expiresAt: instant.nullable().describe("Null: of a revocation."),
    exit: done,
  })
  .describe("An approval of one plan for one environment, given or revoked (promote approve).");
export type ApprovalDocument = Described<typeof approvalSchema>;
