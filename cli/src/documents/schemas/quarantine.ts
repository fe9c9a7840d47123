import * as z from "zod";
import { type Described, done, env, instant, sha, version } from "./parts/fields.ts";

const markSchema = z.strictObject({
  reason: z.string(),
  by: z.string(),
  at: instant,
  lifted: z.strictObject({ by: z.string(), at: instant }).nullable().describe("Null: it is in force."),
});

export const quarantineSchema = z
  .strictObject({
    kind: z.literal("quarantine"),
    version,
    sha,
    outcome: z.enum(["quarantined", "already", "lifted", "none"]).describe("none: it was not quarantined."),
    mark: markSchema.nullable().describe("The newest, lifted or not; null: there never was one."),
    environments: z.array(env).describe("Where it runs, by record."),
    exit: done,
  })
  .describe("A release that was marked as bad, or is no longer (promote quarantine).");
export type QuarantineDocument = Described<typeof quarantineSchema>;
