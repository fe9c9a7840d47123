import * as z from "zod";
import { type Described, env, instant, quietUntil, version } from "./parts/fields.ts";
import { leaseSchema } from "./parts/lease.ts";

export const lockBreakSchema = z
  .strictObject({
    kind: z.literal("lock-break"),
    version,
    env,
    outcome: z
      .enum(["broken", "holder-alive", "free", "unreadable"])
      .describe(
        "free: nobody held it; holder-alive: its holder's heart beats; unreadable: whoever wrote it may be at work. Only broken has changed anything.",
      ),
    reason: z.string(),
    lease: leaseSchema.nullable().describe("As it was; null: nobody ever took it, or it cannot be read."),
    quietUntil,
    breakableFrom: instant
      .nullable()
      .describe("Of unreadable: from then on the same command breaks it; null: otherwise."),
    exit: z.literal([0, 3]).describe("Exit code of the call."),
  })
  .describe("The lease of a dead holder, broken (promote lock break).");
export type LockBreakDocument = Described<typeof lockBreakSchema>;
