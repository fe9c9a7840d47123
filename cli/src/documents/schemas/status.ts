import * as z from "zod";
import { recordedCode, refusalCode } from "./parts/codes.ts";
import { driftSchema, environmentStateWord } from "./parts/drift.ts";
import {
  count,
  type Described,
  decision,
  entry,
  env,
  epoch,
  exit,
  instant,
  runUrl,
  sha,
  version,
} from "./parts/fields.ts";
import { holdMarkSchema } from "./parts/hold-mark.ts";
import { leaseSchema } from "./parts/lease.ts";
import { clearsAt, reasonKind } from "./parts/reason.ts";

export const newestSchema = z
  .strictObject({ sha, publishedAt: instant })
  .nullable()
  .describe("The newest release; null: nothing is published.");

const nextMoveSchema = z
  .strictObject({
    sha,
    commits: count.nullable().describe("Commits that it adds to what runs; null: nothing runs, or it is not known."),
    decision,
    ...entry,
    reasons: z.array(
      z.strictObject({
        code: refusalCode,
        kind: reasonKind,
        clearsAt,
      }),
    ),
    failed: z
      .strictObject({ epoch, at: instant, code: recordedCode })
      .nullable()
      .describe(
        "The newest attempt to bring it in there failed, and it may be tried again; null: it did not, or none is known of.",
      ),
  })
  .meta({
    id: "Next",
    description: "What may enter next, and whether: the release of the environment below, or the newest.",
  });

const environmentSchema = z
  .strictObject({
    env,
    target: z.string().nullable().describe("Where it is: local, aws; null: it has no target.json."),
    url: z.string().nullable().describe("Its public address; null: it has none."),
    observedAt: instant,
    sha: sha.nullable().describe("What runs, by record; null: nothing."),
    webSha: sha
      .nullable()
      .describe("Whose pages are served: another one than sha after a rollback of the pages alone; null: none."),
    subject: z.string().nullable().describe("First line of that commit's message; null: not known."),
    epoch: epoch.nullable().describe("Of the run that brought it; null: nothing runs."),
    since: instant.nullable(),
    by: z.string().nullable(),
    runUrl,
    state: environmentStateWord,
    because: z.string().nullable().describe("Why it is in that state, where there is more to say."),
    drift: z.array(driftSchema),
    hold: holdMarkSchema.nullable().describe("Null: it is not held."),
    lease: leaseSchema.nullable().describe("Null: nobody is changing it."),
    open: z
      .strictObject({
        epoch,
        sha: sha.nullable().describe("Where it leads; null: back to nothing."),
        partial: z.array(z.string()).nullable().describe("Parts that were not put back; null: it is not partial."),
      })
      .nullable()
      .describe("A promotion that has a plan and did not end; null: there is none."),
    commitsBehindNewest: count.nullable().describe("Null: not known."),
    next: nextMoveSchema.nullable().describe("Null: nothing newer is there, or it cannot be read."),
  })
  .meta({ id: "Environment" });

export const statusSchema = z
  .strictObject({
    kind: z.literal("status"),
    version,
    app: z.string(),
    at: instant,
    store: z.string().describe("Address of the store: s3://bucket/prefix or a folder."),
    newest: newestSchema,
    environments: z.array(environmentSchema).describe("The ladder, bottom first, or the one that was asked for."),
    exit,
  })
  .describe("What runs where, since when, by whom, and what may go next (promote status).");
export type StatusDocument = Described<typeof statusSchema>;
export type EnvironmentDocument = Described<typeof environmentSchema>;
export type NextDocument = Described<typeof nextMoveSchema>;
