import * as z from "zod";

export const environmentStateWord = z
  .enum(["as-recorded", "drift", "partial", "in-progress", "empty", "unknown"])
  .describe("unknown: it could not be looked at, which is neither as-recorded nor drift; because says why.");

export const driftSchema = z
  .strictObject({
    part: z.enum(["service", "web", "entry", "smoke"]),
    name: z.string(),
    expected: z.string().nullable().describe("What is recorded: a service's image or the pages' SHA; null: none."),
    found: z
      .string()
      .describe(
        "What was seen instead, in words. … is not the image's: a file of the image that was changed since the task was started.",
      ),
  })
  .meta({ id: "Drift", description: "A part that is not what is recorded." });
