import * as z from "zod";
import { type Described, env, epoch, version } from "./parts/fields.ts";
import { leaseSchema } from "./parts/lease.ts";

const run = { kind: z.literal("lock-run"), version, env };
export const lockRunSchema = z
  .discriminatedUnion("outcome", [
    z.strictObject({
      ...run,
      outcome: z.literal("ran"),
      epoch,
      program: z.string().describe("Its name, without folders."),
      failed: z.string().nullable().describe("How it ended, in words; null: it exited with 0."),
      exit: z.number().int().describe("The command's own: whatever it means there."),
    }),
    z.strictObject({
      ...run,
      outcome: z.literal("busy").describe("Somebody else is changing the environment; nothing was run."),
      lease: leaseSchema,
      exit: z.literal(5).describe("Exit code of the call."),
    }),
  ])
  .describe("A command that was run while nobody else may change the environment (promote lock run).");
export type LockRunDocument = Described<typeof lockRunSchema>;
