import * as z from "zod";
import { sha } from "./fields.ts";

export const commitSchema = z.strictObject({ sha, subject: z.string() }).meta({ id: "Commit" });
