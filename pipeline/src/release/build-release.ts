import type { Command, Config } from "../config/config.ts";
import { RefusalError, UserError } from "../errors.ts";
import type { BuildPhase, EmitBuild } from "../events.ts";
import { type Digest, type Instant, quoteInput, type Sha, shortDigest, shortSha } from "../identifiers.ts";
import { buildImages } from "./build-images.ts";
import { type BuiltMigrations, finishMigrations, readMigrationSet } from "./build-migrations.ts";
import type { BuildPorts, Checkout, CommitFacts } from "./build-ports.ts";
import { buildWeb } from "./build-web.ts";
import { canonicalBytes, digestOf } from "./canonical-json.ts";
import { formatBytes } from "./format-bytes.ts";
import type { ReleaseImage, ReleaseManifest } from "./manifest.ts";
import { type PolicyEnd, publishPolicy } from "./publish-policy.ts";
import { type Published, publishRelease } from "./publish-release.ts";
import type { ReleaseBlob, ReleaseDraft } from "./release-draft.ts";

export interface BuildInput {
  /** Of the commit that is built. */
  readonly config: Config;
  readonly sha: Sha;
  /** Who builds, as credentials say it, and where that can be looked at. */
  readonly publisher: { readonly by: string; readonly runUrl: string | null };
  /** Images that were built elsewhere, by service. */
  readonly images?: Readonly<Record<string, ReleaseImage>>;
  readonly signal?: AbortSignal;
}
export type BuildEnd = Published & {
  readonly sha: Sha;
  readonly manifest: ReleaseManifest;
  /** What became of policy.json. */
  readonly policy: PolicyEnd;
  readonly milliseconds: number;
};

/**
 * Builds a commit once, in a clean checkout, and publishes what came out. The same bytes again are a no-op that says who
 * published them; other bytes are refused and the published release stays.
 * @throws RefusalError `tree-dirty`, `build-failed`, `path-unsafe`, `web-broken` and what `publishRelease` refuses.
 */
export async function buildRelease(ports: BuildPorts, input: BuildInput, emit: EmitBuild): Promise<BuildEnd> {
  const started = ports.clock.monotonic();
  const commit = await requireCommit(ports, input.sha);
  await refuseDirty(ports, input.sha);
  const branch = await ports.workTree.branch();
  emit({ type: "build:start", app: input.config.app, sha: input.sha, subject: commit.subject, branch });
  const phase = phases(ports, emit, input.signal);

  await using checkout = await phase(
    "checkout",
    () => ports.workTree.checkout(input.sha),
    (tree) => `${tree.files} ${tree.files === 1 ? "file" : "files"} of the commit, nothing from your folder`,
  );
  const commands = [...input.config.build, ...input.config.services.flatMap((service) => service.build)];
  await phase(
    "build",
    () => runAll(ports, checkout, commands, commit, input.signal, emit),
    () => commands.map((command) => command.join(" ")).join(", ") || "no commands",
  );
  const draft = await draftRelease(ports, input, commit, checkout, phase);
  const published = await phase(
    "publish",
    () => publishRelease(ports, draft, input.config.rollbackWindow),
    (end) =>
      end.status === "same"
        ? `nothing to write, the same as published`
        : `${end.written} ${end.written === 1 ? "object" : "objects"}, release.json last`,
  );
  const policy = await publishPolicy(ports, { policy: input.config.policy, sha: input.sha });
  return {
    ...published,
    sha: input.sha,
    manifest: draft.manifest,
    policy,
    milliseconds: ports.clock.monotonic() - started,
  };
}

type RunPhase = <T>(phase: BuildPhase, work: () => Promise<T>, summarise: (value: T) => string) => Promise<T>;

/** Announces each phase; one that throws has no end. Stopped by hand, none begins: publishing is finished or not begun. */
function phases(ports: BuildPorts, emit: EmitBuild, signal: AbortSignal | undefined): RunPhase {
  return async (phase, work, summarise) => {
    signal?.throwIfAborted();
    const from = ports.clock.monotonic();
    emit({ type: "build:phase", phase, state: "start" });
    const value = await work();
    const seconds = (ports.clock.monotonic() - from) / 1000;
    emit({ type: "build:phase", phase, state: "end", summary: summarise(value), seconds });
    return value;
  };
}

async function requireCommit(ports: BuildPorts, sha: Sha): Promise<CommitFacts> {
  const commit = await ports.workTree.commit(sha);
  if (commit !== null) return commit;
  throw new UserError({
    code: "usage",
    message: `${shortSha(sha)} is no commit of this repository. Nothing was built.`,
    next: ["git fetch"],
  });
}

/** What is built comes from the commit alone; a folder that differs from it would make people think otherwise. */
async function refuseDirty(ports: BuildPorts, sha: Sha): Promise<void> {
  if ((await ports.workTree.head()) !== sha) return;
  const changes = await ports.workTree.changes();
  if (changes.length === 0) return;
  const more = changes.length > 20 ? [`and ${changes.length - 20} more`] : [];
  throw new RefusalError({
    code: "tree-dirty",
    message: `the work tree differs from ${shortSha(sha)} in ${changes.length} ${changes.length === 1 ? "file" : "files"}. Nothing was built.`,
    evidence: [...changes.slice(0, 20).map(printable), ...more].map(ports.redact),
    next: ["git stash --include-untracked && promote build && git stash pop"],
  });
}

/** A path as it is, or quoted when it holds what a terminal should not get. */
const printable = (path: string): string => (/^[\x21-\x7e]{1,100}$/.test(path) ? path : quoteInput(path));

async function runAll(
  ports: BuildPorts,
  checkout: Checkout,
  commands: readonly Command[],
  commit: CommitFacts,
  signal: AbortSignal | undefined,
  emit: EmitBuild,
): Promise<void> {
  const variables = { SLIPWAY_SHA: commit.sha, SOURCE_DATE_EPOCH: String(commit.committedAt) };
  for (const command of commands) {
    const tail: string[] = [];
    const result = await checkout.run(
      command,
      variables,
      (raw) => {
        const line = ports.redact(raw);
        if (tail.push(line) > 20) tail.shift();
        emit({ type: "build:log", line });
      },
      signal,
    );
    signal?.throwIfAborted();
    if (result.exitCode === 0) continue;
    throw new RefusalError({
      code: "build-failed",
      message: `${ports.redact(command.join(" "))} ${result.because ?? "failed"}. Nothing was published.`,
      evidence: tail,
    });
  }
}

/** Everything that is made of the built checkout; nothing of it is visible as a release yet. */
async function draftRelease(
  ports: BuildPorts,
  input: BuildInput,
  commit: CommitFacts,
  checkout: Checkout,
  phase: RunPhase,
): Promise<ReleaseDraft> {
  const { config } = input;
  const set = config.migrations === null ? null : await readMigrationSet(checkout, config.migrations);
  const images =
    config.services.length === 0
      ? { images: {}, files: {} }
      : await phase(
          "images",
          () => buildImages(ports, checkout, config, set, input.images ?? {}),
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
            `${summary.entries + summary.assets} files, ${formatBytes(summary.bytes)}: ${summary.entries} ` +
            `${summary.entries === 1 ? "entry" : "entries"}, ${summary.assets} ${summary.assets === 1 ? "asset" : "assets"}; every reference resolves`,
        );
  const migrations: BuiltMigrations | null =
    set === null
      ? null
      : await phase(
          "migrations",
          () => finishMigrations(ports, set, images.images),
          ({ release }) => {
            const newest = release.files.at(-1)?.name;
            const count = `${release.files.length} ${release.files.length === 1 ? "file" : "files"}`;
            return newest === undefined ? count : `${count}, newest ${newest}`;
          },
        );

  const imageFiles = { ...images.files, ...(migrations?.files ? { migrations: migrations.files } : {}) };
  const manifest: ReleaseManifest = {
    version: 1,
    app: config.app,
    git: {
      sha: commit.sha,
      tree: commit.tree,
      committedAt: new Date(commit.committedAt * 1000).toISOString() as Instant,
      subject: commit.subject.slice(0, 500).toWellFormed(),
    },
    services: config.services.map((service) => service.shape),
    retired: [...config.retired],
    images: images.images,
    web: web === null ? null : { digest: web.digest, ...web.summary },
    migrations: migrations?.release ?? null,
    publisher: { by: input.publisher.by, runUrl: input.publisher.runUrl },
  };
  const lists: readonly ReleaseBlob[] = Object.values(imageFiles).map((list) => jsonBlob(list));
  return { manifest, web: web?.list ?? null, imageFiles, blobs: [...lists, ...(web?.blobs ?? [])] };
}

/** A document as a blob, under the digest of its canonical bytes. */
function jsonBlob(value: unknown): ReleaseBlob {
  const digest: Digest = digestOf(value);
  return { digest, read: async () => canonicalBytes(value) };
}
