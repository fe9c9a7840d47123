import * as z from "zod";
import { logLineShape } from "./local-logs.ts";
import { reportedFailureSchema } from "./parts/failed.ts";
import {
  count,
  type Described,
  digest,
  direction,
  env,
  epoch,
  instant,
  position,
  seconds,
  sha,
} from "./parts/fields.ts";

/** What a service is to run. */
const revision = z
  .strictObject({ sha, image: digest, template: digest.describe("Of what the target says about the service.") })
  .meta({ id: "Revision" });
const webRevision = z
  .strictObject({ sha, digest: digest.describe("Of the list of files.") })
  .meta({ id: "WebRevision" });
const state = z
  .strictObject({
    services: z.record(z.string(), revision.nullable()).describe("Null: nothing of ours."),
    web: webRevision.nullable().describe("Null: no pages."),
  })
  .meta({ id: "State" });
const applied = z.strictObject({
  name: z.string(),
  sha256: digest.nullable().describe("Null: somebody else recorded it."),
});

const already = z.boolean().describe("A prediction: there will be nothing to do.");
const service = z.string();
const step = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("pin-artifacts"),
      already,
      sha,
      images: z.array(digest),
      told: z
        .strictObject({ hasRunner: z.literal(true).describe("One of the images only runs migrations.") })
        .optional()
        .describe("Absent: none does, or it is not known."),
    }),
    z.strictObject({
      kind: z.literal("prepare-services"),
      already,
      services: z.array(z.strictObject({ service, to: revision })),
    }),
    z.strictObject({
      kind: z.literal("publish-web"),
      already,
      web: webRevision,
      files: count.describe("Assets that the environment lacked."),
      bytes: count,
    }),
    z.strictObject({
      kind: z.literal("run-migrations"),
      already,
      sha,
      template: digest,
      pending: z.array(z.string()),
      expect: z.strictObject({
        applied: z.array(applied),
        certain: z.boolean().describe("False: the runner looks first."),
      }),
    }),
    z.strictObject({
      kind: z.literal("roll-service"),
      already,
      service,
      to: revision,
      expects: z
        .union([z.literal("anything"), z.array(revision.nullable())])
        .describe("What may be found there without anybody else having acted."),
    }),
    z.strictObject({ kind: z.literal("retire-service"), already, service }),
    z.strictObject({
      kind: z.literal("switch-web"),
      already,
      from: webRevision.nullable(),
      to: webRevision.nullable(),
      told: z
        .strictObject({ entries: count.describe("Files that are switched with it.") })
        .optional()
        .describe("Absent: not known."),
    }),
    z.strictObject({ kind: z.literal("invalidate"), already, paths: z.array(z.string()) }),
    z.strictObject({
      kind: z.literal("verify-live"),
      already: z.literal(false),
      state,
      told: z
        .strictObject({
          entries: count.nullable().describe("Null: not known."),
          smokeChecks: count,
        })
        .optional()
        .describe("What is asked through the public address; absent: not known."),
    }),
  ])
  .meta({ id: "PlannedStep" });

const ofStep = { n: position, step, back: z.boolean().describe("It puts back.") };
const promotionEvents = [
  z.strictObject({
    type: z.literal("run:start"),
    app: z.string(),
    env,
    direction,
    from: sha.nullable().describe("What runs; null: nothing."),
    to: sha.nullable().describe("Null: back to nothing."),
    subject: z.string().nullable().describe("First line of that commit's message; null: not known."),
    commits: count.nullable().describe("Null: not known."),
    lost: count.nullable().describe("Commits of what runs that are left behind; null: not known."),
    plan: digest,
    epoch,
    by: z.string(),
    resumes: epoch.nullable().describe("Epoch whose unfinished promotion it goes on with; null: of none."),
    steps: z.array(step),
  }),
  z.strictObject({
    type: z.literal("lease:wait"),
    holder: z.string(),
    epoch: epoch.nullable().describe("Null: its holder has begun none yet."),
    until: instant.nullable().describe("Null: not known."),
  }),
  z.strictObject({
    type: z.literal("lease:takeover"),
    epoch: epoch.nullable().describe("Of the dead holder; null: it had begun none."),
    holder: z.string(),
    silentSeconds: seconds,
    quietUntil: instant.describe("Nothing changes before: a late request may land."),
  }),
  z.strictObject({ type: z.literal("step:start"), ...ofStep }),
  z.strictObject({
    type: z.literal("step:progress"),
    ...ofStep,
    text: z.string().describe("What is awaited, and how far it is."),
    seconds,
    limitSeconds: seconds.nullable().describe("Null: there is no limit."),
  }),
  z.strictObject({ type: z.literal("step:log"), n: position, line: z.string() }),
  z.strictObject({
    type: z.literal("step:end"),
    ...ofStep,
    report: z.strictObject({
      status: z.enum(["done", "failed", "unknown"]),
      changed: z.boolean().describe("False: it was so already."),
      summary: z.string(),
      failure: reportedFailureSchema.nullable(),
      notOurs: z.boolean().describe("Somebody else moved it: going back leaves it alone."),
    }),
    seconds,
  }),
  z.strictObject({
    type: z.literal("turn").describe("From here on it goes back."),
    because: z.string(),
    to: sha.nullable().describe("Null: back to nothing."),
    steps: z.array(step),
  }),
] as const;

const phase = z.enum(["checkout", "build", "images", "web", "migrations", "write", "check", "publish"]);
const buildEvents = [
  z.strictObject({
    type: z.literal("build:start"),
    app: z.string(),
    sha,
    subject: z.string(),
    branch: z.string().nullable().describe("Null: none is checked out."),
    isHead: z.boolean().describe("This commit is checked out, and the work tree does not differ from it."),
  }),
  z.strictObject({ type: z.literal("publish:start"), app: z.string(), sha, subject: z.string() }),
  z.discriminatedUnion("state", [
    z.strictObject({ type: z.literal("build:phase"), phase, state: z.literal("start") }),
    z.strictObject({ type: z.literal("build:phase"), phase, state: z.literal("end"), summary: z.string(), seconds }),
  ]),
  z.strictObject({ type: z.literal("build:log"), line: z.string() }),
] as const;

const localEvents = [z.strictObject({ type: z.literal("local:log"), ...logLineShape })] as const;

export const eventSchema = z
  .discriminatedUnion("type", [...promotionEvents, ...buildEvents, ...localEvents])
  .describe("A line of --events, but for the last, which is the document of the call.");
export type EventLine = Described<typeof eventSchema>;
