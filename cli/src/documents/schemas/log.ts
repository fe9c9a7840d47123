import * as z from "zod";
import { type Described, done, epoch, version } from "./parts/fields.ts";

export const logSchema = z
  .strictObject({
    kind: z.literal("log"),
    version,
    step: z.string().describe("As it was asked for: a kind of step, a service, or both."),
    epoch,
    keys: z
      .array(z.string())
      .describe("Where the whole logs are in the store; none: only the end of it is in the record."),
    lines: z.array(z.string()),
    exit: done,
  })
  .describe("What a step wrote (promote history --log).");
export type LogDocument = Described<typeof logSchema>;
