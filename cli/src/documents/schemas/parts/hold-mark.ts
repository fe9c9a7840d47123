import * as z from "zod";
import { type Described, instant } from "./fields.ts";

export const holdMarkSchema = z
  .strictObject({ by: z.string(), at: instant, reason: z.string() })
  .meta({ id: "Hold", description: "Keeps automation away from an environment." });
export type HoldDocument = Described<typeof holdMarkSchema>;
