import * as z from "zod";
import { environmentSchema } from "./environment-schema.ts";
import {
  appName,
  branch,
  commands,
  day,
  duration,
  environmentName,
  glob,
  region,
  relativePath,
  serviceName,
  store,
  variable,
} from "./fields.ts";
import { serviceSchema } from "./service-schema.ts";

const few = (what: string, min: number, max: number) => ({
  check: (value: object) => Object.keys(value).length >= min && Object.keys(value).length <= max,
  error: `${what}: ${min === 0 ? "at most" : `${min} to`} ${max}`,
});
const environmentCount = few("environments", 1, 12);
const serviceCount = few("services", 0, 50);

export const migrationsSchema = z
  .strictObject({
    knex: relativePath.optional().describe("Folder of Knex migrations; this or `sql`."),
    sql: relativePath.optional().describe("Folder of NNNN_name.sql files; this or `knex`."),
    service: serviceName
      .optional()
      .describe("knex only: whose image holds knex and the folder; default: the first service."),
    database: variable.prefault("DATABASE_URL").describe("The variable that holds the address, not the address."),
    timeout: duration("m", { min: 1, max: day })
      .prefault("15m")
      .describe("Then the task is stopped and the promotion fails."),
    lock_timeout: duration("s", { min: 0.001, max: day })
      .prefault("5s")
      .describe("Postgres lock_timeout of an attempt."),
  })
  .meta({ title: "migrations" });

export const webSchema = z
  .strictObject({
    folder: relativePath.describe("What the build leaves there."),
    assets: z
      .array(glob)
      .max(100)
      .prefault([])
      .describe(
        "Globs, relative to the folder, of files with hashed names; cached for a year. All others are entries.",
      ),
    fallback: relativePath.optional().describe("Answers page navigations that match no file, such as index.html."),
    switch: z.enum(["pointer", "sync"]).prefault("pointer").describe("sync: for a CDN without a key-value store."),
  })
  .meta({ title: "web" });
export type WebFile = z.infer<typeof webSchema>;

const localSchema = z
  .strictObject({
    port: z
      .int()
      .min(1024)
      .max(65_535)
      .prefault(4600)
      .describe("Of the board; the environments take the ports after it."),
    env: z
      .record(
        variable,
        z
          .string({ error: ({ input }) => (isPlain(input) ? "is not text here; put it in quotes" : undefined) })
          .max(10_000),
      )
      .prefault({})
      .describe("Variables of every service, on the local target only."),
    env_file: relativePath.optional().describe("A git-ignored file of variables, such as .env.local."),
    waive: z
      .array(z.enum(["soak", "approval", "freeze"]))
      .prefault([])
      .describe("Rules of time and people that do not hold on this machine; recorded as waived."),
  })
  .meta({ title: "local" });
const isPlain = (input: unknown): boolean => typeof input === "number" || typeof input === "boolean";

const notifySchema = z
  .strictObject({
    url_env: variable.describe("The variable that holds the address, not the address."),
    format: z.enum(["slack", "json", "cdevents"]),
    events: z
      .array(z.enum(["promoted", "failed", "reverted", "partial", "unknown", "refused", "rollback"]))
      .min(1)
      .prefault(["failed", "reverted", "partial", "rollback"])
      .describe("How a promotion ended; rollback: each, however it ended."),
  })
  .meta({ title: "a notification" });

/** slipway.yaml: the one place that lists its keys. What a default depends on another key for is in normalise.ts. */
export const configSchema = z
  .strictObject({
    version: z.literal(1).describe("The only one there is."),
    app: appName.describe("Prefixes names in the store and in AWS."),
    branch: branch.prefault("main").describe("Ancestry is judged against it, and policy is published from it."),
    store: store
      .prefault(".slipway")
      .describe("s3://bucket/prefix, or a git-ignored folder here; one for the whole ladder."),
    region: region
      .optional()
      .describe("AWS region of the store, and of environments that name none; default AWS_REGION."),
    rollback_window: z.int().min(1).max(100).prefault(10).describe("Releases an environment that stay restorable."),
    build: commands
      .prefault([])
      .describe("Run once, in a clean checkout of the commit; one command an item, no shell."),
    environments: z
      .record(environmentName, environmentSchema)
      .refine(environmentCount.check, { error: environmentCount.error })
      .describe("The ladder, bottom first."),
    services: z
      .record(serviceName, serviceSchema)
      .refine(serviceCount.check, { error: serviceCount.error })
      .prefault({})
      .describe("In the order in which they roll; reversed when they are put back."),
    retired: z.array(serviceName).max(100).prefault([]).describe("Services that a release may drop."),
    migrations: migrationsSchema.optional(),
    web: webSchema.optional(),
    local: localSchema.prefault({}).describe("Read on the local target only."),
    notify: z.array(notifySchema).max(20).prefault([]).describe("Never delays or fails a promotion."),
  })
  .meta({ title: "slipway.yaml" });
export type ConfigFile = z.infer<typeof configSchema>;
