import * as z from "zod";
import { errorCode } from "./parts/codes.ts";
import { count, type Described, exit, next, version } from "./parts/fields.ts";

export const errorSchema = z
  .strictObject({
    kind: z.literal("error"),
    version,
    code: errorCode,
    exit,
    message: z.string().describe("One or more lines; says whether anything was changed."),
    where: z
      .strictObject({
        file: z.string().nullable(),
        line: count.nullable(),
        path: z.string().nullable().describe("Dotted path in that file."),
      })
      .nullable()
      .describe("Where the mistake is written; null: in no file."),
    next,
  })
  .describe("Any call that could not do what it was asked, and has no document of its own that says so.");
export type ErrorDocument = Described<typeof errorSchema>;
