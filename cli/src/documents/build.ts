import type { BuildEnd, BuiltEnd } from "@slipway/pipeline";
import type { BuildDocument } from "./schemas/build.ts";

export function buildDocument(app: string, built: BuildEnd, next: readonly string[]): BuildDocument {
  const { manifest, digest, policy } = built;
  const rest = { ...contentsOf(built), exit: 0, next } as const;
  return built.status === "same"
    ? {
        ...headOf(app, built),
        digest,
        outcome: "same",
        publishedAt: built.publishedAt,
        by: built.by,
        objects: { written: 0, restored: built.restored },
        policy,
        ...rest,
      }
    : {
        ...headOf(app, built),
        digest,
        outcome: "published",
        publishedAt: null,
        by: manifest.publisher.by,
        objects: { written: built.written, present: built.present },
        policy,
        ...rest,
      };
}

/** Built and not published: `digest` is that of build.json, which `publish --digest` is told. */
export const builtDocument = (
  app: string,
  folder: string,
  built: BuiltEnd,
  next: readonly string[],
): BuildDocument => ({
  ...headOf(app, built),
  digest: built.digest,
  outcome: "built",
  folder,
  ...contentsOf(built),
  exit: 0,
  next,
});

const headOf = (app: string, { sha, manifest }: BuiltEnd) =>
  ({ kind: "build", version: 1, app, sha, subject: manifest.git.subject }) as const;

const contentsOf = ({ manifest: { images, web, migrations }, milliseconds }: BuiltEnd) => ({
  images: Object.fromEntries(
    Object.entries(images).map(([name, { digest, bytes, platform }]) => [name, { digest, bytes, platform }]),
  ),
  web,
  migrations: migrations?.files.map(({ name }) => name) ?? null,
  seconds: Math.round(milliseconds / 100) / 10,
});
