import * as z from "zod";
import { type Described, env, exit, instant, version } from "./parts/fields.ts";

export const doctorSchema = z
  .strictObject({
    kind: z.literal("doctor"),
    version,
    app: z.string(),
    at: instant,
    store: z.string().describe("Address of the store: s3://bucket/prefix or a folder."),
    findings: z.array(
      z.strictObject({
        env: env.nullable().describe("Null: of all environments."),
        about: z.string().describe("One word: what was looked at."),
        verdict: z.enum(["ok", "no", "unknown"]).describe("unknown: could not tell, which is never merged with no."),
        text: z.string(),
        next: z.array(z.string()).describe("What to do about it: whole commands, or a sentence."),
      }),
    ),
    exit,
  })
  .describe("Whether a promotion and a rollback would work (promote doctor).");
export type DoctorDocument = Described<typeof doctorSchema>;
