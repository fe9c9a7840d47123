import type { BuildEnd, BuiltEnd, Sha } from "@slipway/pipeline";
import type { Document } from "../output.ts";

export interface BuildDocument extends Document {
  readonly kind: "build";
  readonly app: string;
  readonly sha: Sha;
  readonly subject: string;
  readonly digest: string;
  readonly outcome: "published" | "same" | "built";
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
    objects:
      built.status === "published"
        ? { written: built.written, present: built.present }
        : { written: 0, restored: built.restored },
    ...contentsOf(manifest),
    policy: built.policy,
    seconds: Math.round(built.milliseconds / 100) / 10,
    exit: 0,
    next,
  };
}

/** Built and not published: `digest` is that of build.json, which `publish --digest` is told. */
export function builtDocument(app: string, folder: string, built: BuiltEnd, next: readonly string[]): BuildDocument {
  const { manifest } = built;
  return {
    kind: "build",
    version: 1,
    app,
    sha: built.sha,
    subject: manifest.git.subject,
    digest: built.digest,
    outcome: "built",
    folder,
    ...contentsOf(manifest),
    seconds: Math.round(built.milliseconds / 100) / 10,
    exit: 0,
    next,
  };
}

const contentsOf = ({ images, web, migrations }: BuildEnd["manifest"]) => ({
  images: Object.fromEntries(
    Object.entries(images).map(([name, { digest, bytes, platform }]) => [name, { digest, bytes, platform }]),
  ),
  web,
  migrations: migrations?.files.map(({ name }) => name) ?? null,
});
