import * as z from "zod";
import { type Described, env, version } from "./parts/fields.ts";
import { holdMarkSchema } from "./parts/hold-mark.ts";
import { leaseSchema } from "./parts/lease.ts";

export const holdSchema = z
  .strictObject({
    kind: z.literal("hold"),
    version,
    env,
    outcome: z.enum(["held", "lifted", "none", "busy"]).describe("none: it was not held; busy: nothing was changed."),
    hold: holdMarkSchema.nullable().describe("As it is now; null: it is not held."),
    lease: leaseSchema.nullable().describe("Of whoever is changing the environment, where the outcome is busy."),
    exit: z.literal([0, 5]).describe("Exit code of the call."),
  })
  .describe("A hold that was set or lifted (promote hold).");
export type HoldOutcomeDocument = Described<typeof holdSchema>;
