import type { MigrationsConfig } from "../config/config.ts";
import { RefusalError } from "../errors.ts";
import { type Digest, quoteInput } from "../identifiers.ts";
import { type BatchFile, batchFilePath, runnerPath } from "../migration/batch-file.ts";
import type { BuildWatch, BuiltImages } from "./build-images.ts";
import type { AddedFile, Checkout, DraftPorts } from "./build-ports.ts";
import { canonicalBytes, digestOf } from "./canonical-json.ts";
import type { ImageFileList } from "./image-files.ts";
import type { ReleaseImage, ReleaseMigrations } from "./manifest.ts";
import { whyUnsafe } from "./safe-path.ts";

/** Migrations of a commit, in the order in which they are applied. */
export interface MigrationSet {
  readonly config: MigrationsConfig;
  readonly files: readonly {
    /** Without the extension: `.ts` in the repository may be `.js` in the image. */
    readonly name: string;
    readonly file: string;
    readonly sha256: Digest;
    /** In the checkout, and in the image. */
    readonly path: string;
  }[];
  readonly checkout: Checkout;
}
export interface BuiltMigrations {
  readonly release: ReleaseMigrations;
  /** Of a runner image of its own. */
  readonly files: ImageFileList | null;
}

const patterns = {
  // As knex loads them; declarations are no migrations.
  knex: /^(?<name>.+?)(?<!\.d)\.(?:js|cjs|mjs|ts|cts|mts)$/,
  sql: /^(?<name>\d+_[A-Za-z0-9_.-]+)\.sql$/,
};
const command = ["node", runnerPath];

/** @throws RefusalError `build-failed` when the folder is not there or a name is there twice, `path-unsafe`. */
export async function readMigrationSet(checkout: Checkout, config: MigrationsConfig): Promise<MigrationSet> {
  const folder = config.folder.replace(/^\.\/|\/+$/g, "");
  const found = await checkout.walk(folder);
  if (found === null)
    throw failed(`migrations.${config.engine} ${quoteInput(config.folder)} is not there after the build`);
  const files: MigrationSet["files"][number][] = [];
  for (const entry of found.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = patterns[config.engine].exec(entry.path)?.groups?.name;
    // Links are asked before names: an empty path is a link on the way to the folder.
    if (entry.kind === "link" && (entry.path === "" || name !== undefined)) {
      throw unsafe(`${quoteInput(entry.path || folder)} is a link`);
    }
    if (name === undefined || entry.path.includes("/") || entry.kind !== "file") continue;
    const because = whyUnsafe(entry.path) ?? (name.length > 200 ? "has a name over 200 characters" : null);
    if (because !== null) throw unsafe(`${quoteInput(entry.path)} ${because}`);
    const path = folder === "." ? entry.path : `${folder}/${entry.path}`;
    files.push({ name, file: entry.path, path, sha256: await checkout.digest(path) });
  }
  const ordered = files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const twice = ordered.find((file, at) => ordered[at - 1]?.name === file.name);
  if (twice !== undefined) throw failed(`migration ${quoteInput(twice.name)} is there twice, with two extensions`);
  return { config, files: ordered, checkout };
}

/** What a runner needs inside an image: itself, and the list of what it may apply. */
export async function runnerAdditions(ports: DraftPorts, set: MigrationSet): Promise<readonly AddedFile[]> {
  const { config } = set;
  const list: BatchFile = {
    version: 1,
    engine: config.engine,
    folder: config.folder.replace(/^\.\/|\/+$/g, ""),
    files: set.files.map(({ name, file, sha256 }) => ({ name, file, sha256 })),
    database: config.database,
    lockTimeoutMilliseconds: Math.round(config.lockTimeoutSeconds * 1000),
    timeoutSeconds: config.timeoutSeconds,
  };
  return [...(await ports.runnerFiles(config.engine)), { path: batchFilePath, bytes: canonicalBytes(list) }];
}

/** For Knex the service's own image runs them; plain SQL gets a runner image of its own, so that any app has one. */
export async function finishMigrations(
  ports: DraftPorts,
  set: MigrationSet,
  built: BuiltImages,
  watch: BuildWatch,
): Promise<BuiltMigrations> {
  const { config } = set;
  const runner = config.engine === "sql" ? await buildRunnerImage(ports, set, watch) : imageOfService(config, built);
  const files = set.files.map(({ name, sha256 }) => ({ name, sha256 }));
  return {
    release: {
      engine: config.engine,
      digest: digestOf(files),
      files,
      runner: { image: runner.image, command },
      database: config.database,
      timeoutSeconds: config.timeoutSeconds,
      lockTimeoutSeconds: config.lockTimeoutSeconds,
    },
    files: runner.files,
  };
}

async function buildRunnerImage(ports: DraftPorts, set: MigrationSet, watch: BuildWatch) {
  const built = await ports.images.build({
    service: "migrations",
    from: { checkout: set.checkout, files: set.files.map((file) => file.path) },
    dockerfile: null,
    added: await runnerAdditions(ports, set),
    ...watch,
  });
  return { image: withFiles(built.image, built.files), files: built.files };
}

function imageOfService(config: MigrationsConfig, { images, runner }: BuiltImages) {
  const image = runner ?? images[config.service ?? ""];
  if (image === undefined) throw failed(`migrations.service ${quoteInput(config.service)} has no image`);
  return { image, files: null };
}

/** An image that says where its file list is kept. */
export const withFiles = (image: ReleaseImage, files: ImageFileList | null): ReleaseImage =>
  files === null ? image : { ...image, files: digestOf(files) };

const failed = (what: string): RefusalError =>
  new RefusalError({ code: "build-failed", message: `${what}. Nothing was published.` });
const unsafe = (what: string): RefusalError =>
  new RefusalError({
    code: "path-unsafe",
    message: `a migration's path is not safe. Nothing was published.`,
    evidence: [what],
  });
