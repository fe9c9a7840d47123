import * as z from "zod";
import { type Described, done, version } from "./parts/fields.ts";

export const versionSchema = z
  .strictObject({
    kind: z.literal("version"),
    version,
    text: z.string().describe("promote, and its version."),
    exit: done,
  })
  .describe("Which version of promote this is (--version).");
export type VersionDocument = Described<typeof versionSchema>;
