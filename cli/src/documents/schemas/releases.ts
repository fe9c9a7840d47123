import * as z from "zod";
import { type Described, digest, done, env, instant, sha, version } from "./parts/fields.ts";
import { newestSchema } from "./status.ts";

export const releasesSchema = z
  .strictObject({
    kind: z.literal("releases"),
    version,
    app: z.string(),
    newest: newestSchema,
    releases: z
      .array(
        z.strictObject({
          sha,
          subject: z.string(),
          digest: digest.describe("Of release.json: what records and rules compare."),
          publishedAt: instant,
          by: z.string(),
          environments: z.array(env).describe("Where it runs, by record."),
        }),
      )
      .describe("The newest 20, newest first."),
    damaged: z
      .array(
        z.strictObject({ sha, because: z.string(), environments: z.array(env).describe("Where it runs, by record.") }),
      )
      .describe(
        "Releases whose stored manifest is not what it should be: they are not among releases and cannot be promoted.",
      ),
    exit: done,
  })
  .describe("The newest releases (promote status --releases).");
export type ReleasesDocument = Described<typeof releasesSchema>;
