import * as z from "zod";
import { bytes, count, type Described, digest, done, instant, next, seconds, sha, version } from "./parts/fields.ts";

const of = {
  kind: z.literal("build"),
  version,
  app: z.string(),
  sha,
  subject: z.string().describe("First line of the commit's message."),
};
const contents = {
  images: z
    .record(z.string(), z.strictObject({ digest, bytes, platform: z.string().describe("linux/amd64 and the like.") }))
    .describe("By service."),
  web: z
    .strictObject({ digest: digest.describe("Of the list of files."), entries: count, assets: count, bytes })
    .nullable()
    .describe("Null: it has no pages."),
  migrations: z.array(z.string()).nullable().describe("In their order; null: it has none."),
  seconds,
  exit: done,
  next,
};
const published = {
  digest: digest.describe("Of release.json: what records and rules compare."),
  by: z.string().describe("Who published it."),
  policy: z
    .discriminatedUnion("status", [
      z.strictObject({ status: z.literal("in-force"), changed: z.boolean(), digest }),
      z.strictObject({ status: z.literal("kept"), because: z.enum(["off-branch", "unknown", "older"]) }),
    ])
    .describe("Whether the policy of this commit is in force now, or the one before was kept, and why."),
};

export const buildSchema = z
  .discriminatedUnion("outcome", [
    z.strictObject({
      ...of,
      ...published,
      outcome: z.literal("published"),
      publishedAt: z.null(),
      objects: z.strictObject({
        written: count,
        present: count.describe("Objects that the store had already."),
      }),
      ...contents,
    }),
    z.strictObject({
      ...of,
      ...published,
      outcome: z.literal("same").describe("The same bytes were published before."),
      publishedAt: instant.describe("When they were."),
      objects: z.strictObject({
        written: z.literal(0),
        restored: count.describe("Lost or damaged objects that were put back."),
      }),
      ...contents,
    }),
    z.strictObject({
      ...of,
      digest: digest.describe("Of build.json: promote publish --digest is told it."),
      outcome: z.literal("built").describe("Into a folder, and not published."),
      folder: z.string(),
      ...contents,
    }),
  ])
  .describe("A release that was built, published or both (promote build, promote publish).");
export type BuildDocument = Described<typeof buildSchema>;
