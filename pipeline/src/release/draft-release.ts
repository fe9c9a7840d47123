import type { Config } from "../config/config.ts";
import { type Digest, type Instant, shortDigest } from "../identifiers.ts";
import { count } from "../policy/spell.ts";
import { type BuildWatch, buildImages } from "./build-images.ts";
import { type BuiltMigrations, finishMigrations, readMigrationSet } from "./build-migrations.ts";
import type { Checkout, CommitFacts, DraftPorts } from "./build-ports.ts";
import { buildWeb } from "./build-web.ts";
import { canonicalBytes, digestOf } from "./canonical-json.ts";
import { formatBytes } from "./format-bytes.ts";
import type { ReleaseManifest } from "./manifest.ts";
import type { ReleaseBlob, ReleaseDraft } from "./release-draft.ts";
import type { BuildInput, RunPhase } from "./with-draft.ts";

/** Everything that is made of the built checkout; nothing of it is visible as a release yet. */
export async function draftRelease(
  ports: DraftPorts,
  { config, publisher }: Pick<BuildInput, "config" | "publisher">,
  commit: CommitFacts,
  checkout: Checkout,
  phase: RunPhase,
  watch: Omit<BuildWatch, "commit">,
): Promise<ReleaseDraft> {
  const set = config.migrations === null ? null : await readMigrationSet(checkout, config.migrations);
  const images =
    config.services.length === 0
      ? { images: {}, files: {}, runner: null }
      : await phase(
          "images",
          () => buildImages(ports, checkout, config, set, { commit, ...watch }),
          (built) =>
            config.services
              .map(({ name }) => built.images[name])
              .flatMap((image, at) =>
                image === undefined
                  ? []
                  : [`${config.services[at]?.name} sha256:${shortDigest(image.digest)} ${formatBytes(image.bytes)}`],
              )
              .join(", "),
        );
  const webConfig = config.web;
  const routes = config.services.flatMap((service) => service.shape.paths);
  const web =
    webConfig === null
      ? null
      : await phase(
          "web",
          () => buildWeb(checkout, webConfig, routes),
          ({ summary }) =>
            `${count(summary.entries + summary.assets, "file")}, ${formatBytes(summary.bytes)}: ` +
            `${count(summary.entries, "entry", "entries")}, ${count(summary.assets, "asset")}; every reference resolves`,
        );
  const migrations: BuiltMigrations | null =
    set === null
      ? null
      : await phase(
          "migrations",
          () => finishMigrations(ports, set, images, { commit, ...watch }),
          ({ release }) => {
            const newest = release.files.at(-1)?.name;
            const files = count(release.files.length, "file");
            return newest === undefined ? files : `${files}, newest ${newest}`;
          },
        );

  const imageFiles = { ...images.files, ...(migrations?.files ? { migrations: migrations.files } : {}) };
  const manifest: ReleaseManifest = {
    version: 1,
    ...frozenFacts(config, commit),
    images: images.images,
    web: web === null ? null : { digest: web.digest, ...web.summary },
    migrations: migrations?.release ?? null,
    publisher: { by: publisher.by, runUrl: publisher.runUrl },
  };
  const lists: readonly ReleaseBlob[] = Object.values(imageFiles).map((list) => jsonBlob(list));
  return { manifest, web: web?.list ?? null, imageFiles, blobs: [...lists, ...(web?.blobs ?? [])] };
}

/** What a release says of its commit and of slipway.yaml there, whoever built it. */
export const frozenFacts = (
  config: Config,
  commit: CommitFacts,
): Pick<ReleaseManifest, "app" | "git" | "services" | "retired"> => ({
  app: config.app,
  git: {
    sha: commit.sha,
    tree: commit.tree,
    committedAt: new Date(commit.committedAt * 1000).toISOString() as Instant,
    subject: commit.subject.slice(0, 500).toWellFormed(),
  },
  services: config.services.map((service) => service.shape),
  retired: [...config.retired],
});

/** A document as a blob, under the digest of its canonical bytes. */
function jsonBlob(value: unknown): ReleaseBlob {
  const digest: Digest = digestOf(value);
  return { digest, read: async () => canonicalBytes(value) };
}
