import * as z from "zod";
import { count, type Described, done, env, epoch, quietUntil, sha, version } from "./parts/fields.ts";
import { leaseSchema } from "./parts/lease.ts";

export const lockSchema = z
  .strictObject({
    kind: z.literal("lock"),
    version,
    env,
    state: z.enum(["held", "silent", "free"]).describe("silent: held, and may be taken over."),
    lease: leaseSchema
      .extend({
        freeWithinSeconds: count.describe("If its holder dies now, the environment is free within so many seconds."),
      })
      .nullable()
      .describe("Null: nobody ever took it."),
    quietUntil,
    open: z
      .strictObject({ epoch, sha: sha.nullable().describe("Where it leads; null: back to nothing.") })
      .nullable()
      .describe("A promotion that did not end; null: there is none, or it cannot be read."),
    exit: done,
  })
  .describe("Who is changing an environment (promote lock).");
export type LockDocument = Described<typeof lockSchema>;
