import * as z from "zod";
import { bytes, count, type Described, done, env, processId, sha, version } from "./parts/fields.ts";

const memoryBytes = bytes.describe("Resident memory of its processes, bytes.");
const platformSchema = z.strictObject({
  version: z.string(),
  pid: processId,
  uptimeSeconds: z.number().nonnegative(),
  postgres: z.strictObject({ version: z.string(), pid: processId, port: count }),
  environments: z.array(
    z.strictObject({
      env,
      url: z.string(),
      webSha: sha.nullable().describe("Whose pages are live; null: none are."),
      services: z.array(
        z.strictObject({
          service: z.string(),
          sha: sha.nullable().describe("What serves; null: nothing has become healthy yet."),
          running: count,
          wanted: count,
          restarts: count,
          memoryBytes,
        }),
      ),
      restarts: count,
      memoryBytes,
    }),
  ),
});
export const localStatusSchema = z
  .strictObject({
    kind: z.literal("local-status"),
    version,
    running: z.boolean(),
    platform: platformSchema.nullable().describe("Null: it does not run."),
    exit: done,
  })
  .describe("What the platform of this machine runs (promote local status).");
export type LocalStatusDocument = Described<typeof localStatusSchema>;
