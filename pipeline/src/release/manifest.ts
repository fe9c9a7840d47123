import * as z from "zod";
import {
  type AppName,
  appNamePattern,
  type Digest,
  digestPattern,
  type Instant,
  type ServiceName,
  type Sha,
  serviceNamePattern,
  shaPattern,
} from "../identifiers.ts";

const sha = z
  .string()
  .regex(shaPattern)
  .transform((text) => text as Sha);
const digest = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);
const serviceName = z
  .string()
  .regex(serviceNamePattern)
  .transform((text) => text as ServiceName);
const instant = z.iso.datetime({ precision: 3 }).transform((text) => text as Instant);
const seconds = z.number().positive().max(86_400);

/** One line of a smoke check: asked through the environment's public URL, after the switch. */
export const smokeSchema = z.strictObject({
  method: z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]),
  path: z.string().startsWith("/").max(500),
  status: z.number().int().min(100).max(599),
  /** Text that the body must contain; `{sha}` stands for the release. */
  text: z.string().max(500).nullable(),
});
export type SmokeCheck = z.infer<typeof smokeSchema>;

export const serviceShapeSchema = z.strictObject({
  name: serviceName,
  /** Argument list, started at the image's root. */
  run: z.array(z.string().min(1)).min(1),
  /** Name of the variable that hands over the port; null for a worker. */
  port: z.string().nullable(),
  /** Path patterns routed to it: a literal path, or a prefix that ends in `/*`; the longest match wins. */
  paths: z.array(z.string().startsWith("/")),
  health: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("http"), path: z.string().startsWith("/") }),
    z.strictObject({ kind: z.literal("command"), command: z.array(z.string()).min(1) }),
    /** Up this long counts as healthy. */
    z.strictObject({ kind: z.literal("uptime"), seconds }),
  ]),
  startTimeoutSeconds: seconds,
  drainTimeoutSeconds: z.number().min(0).max(86_400),
  /** On the local target only; on AWS autoscaling owns the number. */
  instances: z.number().int().min(1).max(50),
  smoke: z.array(smokeSchema),
});
/** How a service is started, asked and routed; frozen in the release, because a rollback needs what was true then. */
export type ServiceShape = z.infer<typeof serviceShapeSchema>;

const releaseImageSchema = z.strictObject({
  /** Where it is kept: an image repository, or `local` for a tar in the store. */
  repository: z.string().min(1),
  digest,
  platform: z.string(),
  bytes: z.number().int().nonnegative(),
  /** Of the image's file list (release/image-files.ts), which is a blob; absent where somebody else built the image. */
  files: digest.optional(),
});
export type ReleaseImage = z.infer<typeof releaseImageSchema>;

const releaseMigrationsSchema = z.strictObject({
  engine: z.enum(["knex", "sql"]),
  /** Of the canonical JSON of `files`. */
  digest,
  files: z.array(z.strictObject({ name: z.string().min(1).max(200), sha256: digest })),
  /** What runs them as a one-off task: an image of this release (knex), or Slipway's own runner image (sql). */
  runner: z.strictObject({ image: releaseImageSchema, command: z.array(z.string()).min(1) }),
  /** Variable that holds the database's address. */
  database: z.string(),
  timeoutSeconds: seconds,
  lockTimeoutSeconds: seconds,
});
export type ReleaseMigrations = z.infer<typeof releaseMigrationsSchema>;

export const releaseManifestSchema = z.strictObject({
  version: z.literal(1),
  app: z
    .string()
    .regex(appNamePattern)
    .transform((text) => text as AppName),
  git: z.strictObject({ sha, tree: sha, committedAt: instant, subject: z.string().max(500) }),
  /** In the order in which they roll. */
  services: z.array(serviceShapeSchema).max(50),
  /** Services that this release may drop. */
  retired: z.array(serviceName),
  images: z.record(z.string().regex(serviceNamePattern), releaseImageSchema),
  web: z
    .strictObject({
      /** Of the file list (web/file-list.ts), which is a blob. */
      digest,
      entries: z.number().int(),
      assets: z.number().int(),
      bytes: z.number().int(),
    })
    .nullable(),
  migrations: releaseMigrationsSchema.nullable(),
  /** Not part of what two builds of a commit are compared by. */
  publisher: z.strictObject({ by: z.string(), runUrl: z.string().nullable() }),
});
/** `releases/<sha>/release.json`. Its digest is the identity that records and rules compare. */
export type ReleaseManifest = z.infer<typeof releaseManifestSchema>;

/** What is left of a collected release, for ever: a tombstoned SHA never returns (protocol §9). */
export const tombstoneSchema = z.strictObject({
  version: z.literal(1),
  tombstone: z.literal(true),
  sha,
  digest,
  at: instant,
});

/**
 * Stands where the release.json of a publication would go that stood still for too long (ADR 5): nothing was published, and
 * the next build of the commit takes its place.
 */
export const abandonedSchema = z.strictObject({
  version: z.literal(1),
  abandoned: z.literal(true),
  sha,
  at: instant,
  /** Etag of what was there before, so that no two of them have equal bytes. */
  replaces: z.string().nullable(),
});

/** A manifest as it was read back, with the digest of its stored bytes. */
export interface StoredRelease {
  readonly manifest: ReleaseManifest;
  readonly digest: Digest;
  readonly publishedAt: Instant;
}
