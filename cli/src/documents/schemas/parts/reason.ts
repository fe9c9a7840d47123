import * as z from "zod";
import { refusalCode } from "./codes.ts";
import { commitSchema } from "./commit.ts";
import { count, type Described, digest, env, epoch, instant, sha } from "./fields.ts";

const names = z.array(z.string());

/** Which of these a reason has depends on its code. */
const evidenceSchema = z
  .strictObject({
    lines: names.describe("The same for people, a line each."),
    env: env.optional().describe("order, soak: the environment below."),
    epoch: epoch
      .nullable()
      .optional()
      .describe("order, soak, partial, interrupted: of the run that counts; null: there is none."),
    since: instant.optional().describe("soak: begin of the stay that counts."),
    requiredSeconds: z.number().optional().describe("soak: what policy asks for."),
    observedSeconds: z.number().optional().describe("soak: the longest stay without a gap."),
    disturbed: z.string().optional().describe("order: what differs there."),
    freeze: z.string().optional().describe("freeze: its name."),
    zone: z.string().optional().describe("freeze: its IANA time zone."),
    file: z.string().optional().describe("freeze: where it is written."),
    line: count.nullable().optional().describe("freeze: where in that file; null: not known."),
    until: instant
      .nullable()
      .optional()
      .describe("freeze: when the next one begins after it clears; null: none is known."),
    untilFreeze: z.string().nullable().optional().describe("freeze: name of that next one."),
    approved: count.optional().describe("approval: how many count."),
    required: z
      .union([count, z.string()])
      .optional()
      .describe("approval: how many are asked for; release-*: what it should be."),
    plan: digest.optional().describe("approval, plan-moved: the plan of now."),
    expected: z.string().nullable().optional().describe("plan-moved: the plan that was named."),
    by: z.union([z.string(), names]).optional().describe("approval: who approved; held, quarantined: who did it."),
    at: instant.optional().describe("held, quarantined: when."),
    reason: z.string().optional().describe("held, quarantined: what was said."),
    runs: sha.nullable().optional().describe("ancestry, schema-incompatible: what runs; null: nothing."),
    candidate: sha.optional().describe("ancestry: what would enter."),
    branch: z.string().optional().describe("ancestry: the branch of policy."),
    onBranch: z.literal(false).optional(),
    relation: z
      .enum(["behind", "diverged", "unknown"])
      .optional()
      .describe("ancestry: where it stands, seen from what runs."),
    lost: z
      .array(commitSchema)
      .nullable()
      .optional()
      .describe("ancestry: commits of what runs that it lacks; null: not known."),
    found: z.string().optional().describe("release-*: what it is."),
    sha: sha.optional().describe("never-ran: the release."),
    release: z
      .union([z.strictObject({ sha, digest }).nullable(), names])
      .optional()
      .describe(
        "interrupted: where the open promotion leads, null: back to nothing; migration-diverged: what the release has.",
      ),
    releases: z.array(sha).optional().describe("partial: the two that may enter."),
    notBack: names.optional().describe("partial: parts that were not put back."),
    drift: z
      .array(z.strictObject({ part: z.literal("service"), name: z.string(), found: z.string() }))
      .optional()
      .describe("drifted: what was found instead of a release's bytes."),
    unread: names.optional().describe("drifted: parts that could not be read, and why."),
    services: names.optional().describe("drops-service: those that retired does not name."),
    web: z.boolean().optional().describe("drops-service: the pages would go."),
    applied: names.optional().describe("migration-diverged: what the database has."),
    lacks: names.optional().describe("target-mismatch: places that the target does not have."),
    images: z
      .array(z.strictObject({ name: z.string(), digest }))
      .optional()
      .describe("image-unavailable: which."),
    paths: names.optional().describe("web-collision: assets that would change their bytes."),
  })
  .meta({ id: "Evidence", description: "What the reason was told from. Which fields there are depends on its code." });

export const reasonKind = z
  .enum(["no", "unknown"])
  .describe("unknown: what the rule needs could not be read, which is never taken for a yes.");

export const clearsAt = instant
  .nullable()
  .describe("When, in UTC, it clears by itself if nothing else changes; null: waiting alone does not clear it.");

export const reasonSchema = z
  .strictObject({
    code: refusalCode,
    kind: reasonKind,
    message: z.string().describe("The observed beside the required, in words."),
    overridable: z.boolean().describe("--override may name its code, where policy allows that."),
    evidence: evidenceSchema,
    clearsAt,
  })
  .meta({ id: "Reason", description: "Why a release may not enter." });
export type ReasonDocument = Described<typeof reasonSchema>;
export type EvidenceDocument = Described<typeof evidenceSchema>;
