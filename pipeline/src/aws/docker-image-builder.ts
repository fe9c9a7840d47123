import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { RefusalError, UserError } from "../errors.ts";
import type { AddedFile, BuiltImage, Checkout, ImageBuilder, ImageOrder } from "../release/build-ports.ts";
import type { ReleaseImage } from "../release/manifest.ts";
import { clampTimes } from "./build/clamp-times.ts";
import { prepareContext } from "./build/context.ts";
import { type DockerBuild, dockerBuild, dockerSave, type Run } from "./build/docker.ts";
import { configBytes, readImageConfig, workingFolderOf } from "./build/image-config.ts";
import { diffIdOf, layerOfFiles } from "./build/layer.ts";
import { pushImage } from "./build/push-image.ts";
import type { Registry } from "./build/registry.ts";
import { putRunnerOn } from "./build/runner-on-image.ts";
import { openSavedImage } from "./build/saved-image.ts";

export interface DockerImageBuilderInput {
  readonly registry: Registry;
  /** Images that somebody else has built, by service: looked at already. */
  readonly adopted: ReadonlyMap<string, ReleaseImage>;
  /** `.slipway/build` of the repository: what a killed build leaves there goes with the next one. */
  readonly builds: string;
}

/** Images of dockerfiles, built by the docker that is installed here and kept in a repository of a registry, by digest. */
export function createDockerImageBuilder(input: DockerImageBuilderInput): ImageBuilder {
  return {
    async build(order) {
      const adopted = input.adopted.get(order.service);
      if (adopted === undefined)
        return await inScratch(input, order, (scratch) => buildAndPush(input.registry, order, scratch));
      if (order.added.length === 0) return { image: adopted, files: null };
      const runner = await inScratch(input, order, (scratch) => putRunnerOn(input.registry, adopted, order, scratch));
      return { image: adopted, files: null, runner };
    },
  };
}

async function inScratch<T>(
  { builds }: DockerImageBuilderInput,
  { commit }: ImageOrder,
  use: (scratch: string) => Promise<T>,
) {
  const scratch = join(builds, `${commit.sha}-${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(scratch, { mode: 0o700 });
  try {
    return await use(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function buildAndPush(registry: Registry, order: ImageOrder, scratch: string): Promise<BuiltImage> {
  const { service, commit, signal, onLine } = order;
  const { checkout, files } = order.from;
  const run: Run = { checkout, scratch, onLine, signal };
  const built = await openSavedImage(
    await dockerSave(service, await dockerBuild(await whatToBuild(registry, order, scratch), run), run),
  );
  const config = readImageConfig(built.config);
  refuseOtherPlatform(service, `${config.os}/${config.architecture}`, registry.platform);
  const added = order.dockerfile === null ? [...(await readAll(checkout, files)), ...order.added] : order.added;
  const now = Date.now() / 1000;
  const tars: (() => AsyncIterable<Buffer>)[] = built.layers.map(
    (tar) => () => clampTimes(tar(), commit.committedAt, now),
  );
  if (added.length > 0) {
    const layer = await layerOfFiles(added, workingFolderOf(config), commit.committedAt);
    tars.push(() => Readable.from([layer]));
  }
  const layers = await Promise.all(tars.map(async (tar) => ({ diffId: await diffIdOf(tar()), tar })));
  const diffIds = layers.map(({ diffId }) => diffId);
  const guard = { check: () => signal.throwIfAborted(), signal };
  const image = await pushImage(registry, { config: configBytes(config, diffIds), layers, scratch, guard });
  return { image, files: null };
}

/** Files of the image come from its dockerfile alone; those that apply plain SQL get one of ours. */
async function whatToBuild({ platform }: Registry, order: ImageOrder, scratch: string): Promise<DockerBuild> {
  const { service, dockerfile, commit } = order;
  const buildArguments = { SLIPWAY_SHA: commit.sha, SOURCE_DATE_EPOCH: String(commit.committedAt) };
  if (dockerfile !== null) {
    await prepareContext(order.from.checkout, service, dockerfile);
    return { what: service, context: ".", dockerfile, platform, buildArguments };
  }
  if (service !== "migrations") throw withoutDockerfile(service);
  const context = join(scratch, "context");
  await mkdir(context);
  await writeFile(join(context, "Dockerfile"), runnerDockerfile);
  return { what: service, context, dockerfile: join(context, "Dockerfile"), platform, buildArguments: {} };
}

const runnerDockerfile = "FROM node:24-slim\nWORKDIR /app\nUSER 1000\n";

const readAll = (checkout: Checkout, paths: readonly string[]): Promise<readonly AddedFile[]> =>
  Promise.all(paths.map(async (path) => ({ path, bytes: await checkout.read(path) })));

/** On AWS an image is made by a dockerfile: only who wrote it knows what `files` run on. */
export const withoutDockerfile = (service: string): UserError =>
  new UserError({
    code: "config-invalid",
    message: `services.${service}.dockerfile is required on the target aws, or --image ${service}=<repository>@sha256:<digest>. Nothing was built.`,
    where: { file: null, line: null, path: `services.${service}.dockerfile` },
  });

function refuseOtherPlatform(service: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new RefusalError({
    code: "build-failed",
    message: `the dockerfile of ${service} gives an image for ${found}, and the environment runs ${wanted}. Nothing was published.`,
    next: [`promote build --image ${service}=<repository>@sha256:<digest>`],
  });
}
