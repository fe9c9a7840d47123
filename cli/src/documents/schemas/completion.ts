import * as z from "zod";
import { type Described, done, version } from "./parts/fields.ts";

export const completionSchema = z
  .strictObject({
    kind: z.literal("completion"),
    version,
    shell: z.enum(["bash", "zsh", "fish"]),
    script: z.string(),
    exit: done,
  })
  .describe("A script that completes words of promote (promote completion).");
export type CompletionDocument = Described<typeof completionSchema>;
