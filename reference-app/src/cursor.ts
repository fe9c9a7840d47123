import { z } from "zod";
import { day } from "./text.ts";

/** Where a page ended: the sort key of its last row. */
const schema = z.strictObject({ day, id: z.uuid() });
export type Cursor = z.infer<typeof schema>;

/** Opaque to clients, so that the order may change without breaking one. */
export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

export const cursorSchema = z
  .string()
  .max(200)
  .transform((text, context): Cursor => {
    try {
      return schema.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
    } catch {
      context.addIssue({ code: "custom", message: "is not a cursor of this list" });
      return z.NEVER;
    }
  });
