import * as z from "zod";
import { type Described, done, version } from "./parts/fields.ts";

export const helpSchema = z
  .strictObject({
    kind: z.literal("help"),
    version,
    about: z.string().nullable().describe("A verb or a code; null: everything."),
    of: z.enum(["all", "verb", "code"]),
    text: z.string().describe("For people, in lines."),
    exit: done,
  })
  .describe("A page about a verb or a code (promote help, --help).");
export type HelpDocument = Described<typeof helpSchema>;
