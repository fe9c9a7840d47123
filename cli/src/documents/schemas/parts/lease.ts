import * as z from "zod";
import { count, type Described, epoch, instant, quietUntil, runUrl } from "./fields.ts";

export const leaseSchema = z
  .strictObject({
    state: z
      .enum(["held", "stale", "free", "broken"])
      .describe("stale: held, and silent for so long that it may be taken over; broken: by promote lock break."),
    by: z.string().describe("Who holds it, or held it last."),
    host: z.string(),
    runUrl,
    epoch: epoch.nullable().describe("Null: its holder has begun none yet."),
    doing: z.string().describe("What its holder does, in words."),
    since: instant,
    heartbeatSecondsAgo: count.describe("Seconds since its holder last said that it lives, by the store's clock."),
    quietUntil,
  })
  .meta({ id: "Lease", description: "Of whoever is changing an environment, or did last." });
export type LeaseDocument = Described<typeof leaseSchema>;
