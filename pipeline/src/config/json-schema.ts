import * as z from "zod";
import { configSchema } from "./schema.ts";

/** The JSON Schema of slipway.yaml as the file is written: editors complete and explain keys with it. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ $comment: "Generated from pipeline/src/config; npm run reference.", ...schema }, null, 2)}\n`;
}
