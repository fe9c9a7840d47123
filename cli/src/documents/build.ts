import type { BuildEnd, Sha } from "@slipway/pipeline";
import type { Document } from "../output.ts";

export interface BuildDocument extends Document {
  readonly kind: "build";
  readonly app: string;
  readonly sha: Sha;
  readonly subject: string;
  readonly digest: string;
  readonly outcome: "published" | "same";
  readonly exit: 0;
  readonly next: readonly string[];
  readonly [field: string]: unknown;
}

export function buildDocument(app: string, built: BuildEnd, next: readonly string[]): BuildDocument {
  const { manifest } = built;
  return {
    kind: "build",
    version: 1,
    app,
    sha: built.sha,
    subject: manifest.git.subject,
    digest: built.digest,
    outcome: built.status,
    publishedAt: built.status === "same" ? built.publishedAt : null,
    by: built.status === "same" ? built.by : manifest.publisher.by,
    objects: built.status === "published" ? { written: built.written, present: built.present } : { written: 0 },
    images: Object.fromEntries(
      Object.entries(manifest.images).map(([name, { digest, bytes, platform }]) => [name, { digest, bytes, platform }]),
    ),
    web: manifest.web,
    migrations: manifest.migrations?.files.map(({ name }) => name) ?? null,
    policy: built.policy,
    seconds: Math.round(built.milliseconds / 100) / 10,
    exit: 0,
    next,
  };
}
