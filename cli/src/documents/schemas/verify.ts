import * as z from "zod";
import { count, type Described, digest, done, env, epoch, exit, sha, version } from "./parts/fields.ts";

const of = { kind: z.literal("verify"), version };

const checkSchema = z.strictObject({
  part: z.enum(["service", "web", "entry", "smoke"]),
  name: z.string(),
  status: z.enum(["yes", "no", "unknown"]),
  message: z.string().describe("What was seen, in words."),
});

/** `--sha`. */
const storedSchema = z.strictObject({
  ...of,
  sha,
  outcome: z.enum(["same", "differs", "missing", "retired"]).describe("retired: it was collected, and never returns."),
  digest: digest.nullable().describe("Of release.json; null: it cannot be read."),
  objects: count.nullable().describe("Objects that were read and hashed; null: not all are as they should be."),
  images: count.nullable().describe("Images, likewise."),
  differences: z.array(z.string()),
  exit,
});
/** `--env`. */
const runningSchema = z.strictObject({
  ...of,
  env,
  sha: sha.describe("What runs by record."),
  epoch,
  outcome: z.enum(["same", "differs", "unknown"]),
  checks: z.array(checkSchema),
  exit,
});
const emptySchema = z.strictObject({
  ...of,
  env,
  sha: z.null(),
  epoch: z.null(),
  outcome: z.literal("empty").describe("Nothing runs there by record, and nothing was looked at."),
  checks: z.array(checkSchema).max(0),
  exit: done,
});

export const verifySchema = z
  .union([storedSchema, runningSchema, emptySchema])
  .describe("Whether what is stored (promote verify --sha) or what runs (--env) is the release.");
export type VerifyDocument = Described<typeof verifySchema>;
