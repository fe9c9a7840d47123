import * as z from "zod";
import { type Described, done, env, processId, version } from "./parts/fields.ts";

export const localStartSchema = z
  .strictObject({
    kind: z.literal("local-start"),
    version,
    pid: processId,
    started: z.boolean().describe("False: one ran already."),
    environments: z.array(z.strictObject({ env, url: z.string() })),
    exit: done,
  })
  .describe("The platform of this machine runs (promote local start).");
export type LocalStartDocument = Described<typeof localStartSchema>;
