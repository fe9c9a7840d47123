import * as z from "zod";
import { type Described, done, next, version } from "./parts/fields.ts";

export const initSchema = z
  .strictObject({
    kind: z.literal("init"),
    version,
    app: z.string(),
    written: z.string().nullable().describe("Name of the file; null: nothing was written (--print)."),
    ignored: z.boolean().describe(".slipway/ was added to .gitignore."),
    findings: z.array(
      z.strictObject({
        source: z.string().describe("A path, or what is missing."),
        seen: z.string(),
        key: z.string().describe("Where it is in the file."),
        certain: z.boolean().describe('False: a guess, marked "check this" in the file.'),
      }),
    ),
    yaml: z.string().describe("Text of the file."),
    next,
    exit: done,
  })
  .describe("What was found in a repository, and the slipway.yaml for it (promote init).");
export type InitDocument = Described<typeof initSchema>;
