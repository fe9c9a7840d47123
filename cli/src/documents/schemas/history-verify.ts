import * as z from "zod";
import { count, type Described, digest, env, exit, version } from "./parts/fields.ts";

export const historyVerifySchema = z
  .strictObject({
    kind: z.literal("history-verify"),
    version,
    outcome: z.enum(["whole", "broken"]),
    exit,
    environments: z.array(
      z.discriminatedUnion("ok", [
        z.strictObject({
          env,
          ok: z.literal(true),
          epochs: count,
          records: count,
          head: digest.nullable().describe("Of the last record; null: there is none."),
        }),
        z.strictObject({
          env,
          ok: z.literal(false),
          seq: count.describe("Number of the first record that is not what it should be."),
          because: z.string(),
        }),
      ]),
    ),
  })
  .describe("Whether every record holds the hash of the one before (promote history --verify).");
export type HistoryVerifyDocument = Described<typeof historyVerifySchema>;
