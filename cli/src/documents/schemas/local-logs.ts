import * as z from "zod";
import { type Described, done, env, version } from "./parts/fields.ts";

export const logLineShape = {
  env,
  service: z.string(),
  text: z.string().describe("As the service wrote it, after a time and the number of the instance."),
};
const logLineSchema = z.strictObject(logLineShape);
export const localLogsSchema = z
  .strictObject({
    kind: z.literal("local-logs"),
    version,
    lines: z
      .array(logLineSchema)
      .describe("Oldest first within a service; with --events each is an event instead, and none is here."),
    exit: done,
  })
  .describe("What services on this machine wrote (promote local logs).");
export type LocalLogsDocument = Described<typeof localLogsSchema>;
export type LogLine = Described<typeof logLineSchema>;
