import * as z from "zod";
import { commitSchema } from "./parts/commit.ts";
import { driftSchema, environmentStateWord } from "./parts/drift.ts";
import { count, type Described, digest, env, epoch, exit, sha, version } from "./parts/fields.ts";

const names = z.array(z.string());
const sideSchema = z
  .strictObject({
    env,
    sha: sha.nullable().describe("What runs, by record; null: nothing."),
    webSha: sha.nullable().describe("Whose pages are served; null: none."),
    epoch: epoch.nullable().describe("Null: nothing runs."),
    state: environmentStateWord,
    because: z.string().nullable(),
    drift: z.array(driftSchema),
  })
  .meta({ id: "Side" });
const commits = z.array(commitSchema).nullable();
const image = digest.nullable().describe("Null: that environment does not run this service.");

export const diffSchema = z
  .strictObject({
    kind: z.literal("diff"),
    version,
    same: z
      .boolean()
      .nullable()
      .describe(
        "Null: what could be compared is the same, and a part could not be, or an environment is not as recorded.",
      ),
    from: sideSchema,
    to: sideSchema,
    commits: z.strictObject({
      added: commits.describe("Of the second and not of the first, oldest first, at most 1,000; null: not known here."),
      lost: commits.describe("The other way round."),
    }),
    images: z
      .array(z.strictObject({ service: z.string(), from: image, to: image }))
      .describe("Services whose images differ."),
    migrations: z.strictObject({
      onlyFrom: names.describe("Applied in the first alone."),
      onlyTo: names.describe("Applied in the second alone."),
      edited: names.describe("Applied in both under one name, with other bytes."),
      certain: z
        .boolean()
        .describe(
          "False: a migration of one of them never reported, so that more may be applied than is told (exit 7).",
        ),
    }),
    web: z.discriminatedUnion("status", [
      z.strictObject({
        status: z.literal("known"),
        entries: names.describe("Paths of pages that differ."),
        assets: names.describe("Paths of assets that differ."),
        same: count.describe("Files that both have with the same bytes."),
        fallbackDiffers: z.boolean().describe("Other pages answer where no file does."),
      }),
      z.strictObject({ status: z.literal("unknown"), because: z.string() }),
    ]),
    url: z.string().nullable().describe("Where to read the commits; null: not on GitHub, or one of them runs nothing."),
    exit,
  })
  .describe("What differs between two environments, by record (promote diff).");
export type DiffDocument = Described<typeof diffSchema>;
