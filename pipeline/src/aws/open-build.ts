import type { Config } from "../config/config.ts";
import { readTarget } from "../environment/read-target.ts";
import { RefusalError } from "../errors.ts";
import { shortDigest } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import type { ImageBuilder, ImageOrder, ImageShelf } from "../release/build-ports.ts";
import type { ReleaseImage } from "../release/manifest.ts";
import { requireEngine } from "./build/docker.ts";
import { type ImageReference, parseImageReferences } from "./build/image-reference.ts";
import { readKnownLayers } from "./build/known-layers.ts";
import { explainDenial, type Registry, registryOf, requireRegistry } from "./build/registry.ts";
import { createDockerImageBuilder, withoutDockerfile } from "./docker-image-builder.ts";
import { repositorySource } from "./image/repository-source.ts";
import { weighImage } from "./image/weigh-image.ts";
import { createRegistryShelf } from "./image-shelf.ts";
import { awsSiteOf } from "./site.ts";

export interface OpenBuildInput {
  /** Of the commit that is built. */
  readonly config: Config;
  readonly store: ObjectStore;
  /** `<service>=<repository>@sha256:<digest>`, as they were typed. */
  readonly images: readonly string[];
  /** `.slipway/build` of the repository. */
  readonly builds: string;
  /** What docker inherits; no credential of AWS. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly redact: (text: string) => string;
}

/**
 * What builds images for a ladder on AWS. Everything that a build could fail of at its end is asked here, before anything is built.
 * @throws UserError, RefusalError `target-missing`, `image-unavailable`, `build-failed`; PortError
 */
export async function openImageBuild(
  input: OpenBuildInput,
): Promise<{ readonly images: ImageBuilder; readonly shelf: ImageShelf }> {
  const { config, images, builds } = input;
  if (config.services.length === 0 && images.length === 0 && config.migrations?.engine !== "sql") return noImages;
  const registry = await openRegistry(input);
  const references = parseImageReferences(
    images,
    config.services.map(({ name }) => name),
    registry.repository,
  );
  const adopts = new Set(references.map(({ service }) => service));
  const own = config.services.filter(({ name }) => !adopts.has(name));
  for (const { name, dockerfile } of own) if (dockerfile === null) throw withoutDockerfile(name);
  await requireRegistry(registry);
  if (own.length > 0 || config.migrations?.engine === "sql") await requireEngine(input.variables, input.redact);
  const adopted = new Map<string, ReleaseImage>();
  for (const reference of references) adopted.set(reference.service, await adopt(registry, reference));
  await readKnownLayers(input.store, registry);
  return { images: createDockerImageBuilder({ registry, adopted, builds }), shelf: createRegistryShelf() };
}

/** Pages alone need no registry. */
const noImages = {
  images: { build: ({ service }: ImageOrder) => Promise.reject(withoutDockerfile(service)) },
  shelf: createRegistryShelf(),
};

async function openRegistry({ config, store }: Pick<OpenBuildInput, "config" | "store">): Promise<Registry> {
  const [first] = config.environments;
  const stored = first === undefined ? null : await readTarget(store, first.name);
  if (first === undefined || stored === null)
    throw new RefusalError({
      code: "target-missing",
      message: `${first?.name ?? "the first environment"} has no target.json in the store, which says where images are pushed. Nothing was built.`,
      evidence: ["infrastructure writes it; run its program for this environment once, before the first build"],
      next: ["promote status"],
    });
  return registryOf(awsSiteOf(stored.target).images);
}

async function adopt(registry: Registry, { service, digest }: ImageReference): Promise<ReleaseImage> {
  const { client, repository, platform } = registry;
  const verdict = await explainDenial(repository, () => weighImage(repositorySource(client), digest, platform));
  if (verdict.status === "same") return { repository, digest, platform, bytes: verdict.bytes };
  throw new RefusalError({
    code: "image-unavailable",
    message: `--image ${service}: sha256:${shortDigest(digest)} of ${repository} cannot be taken over. Nothing was built.`,
    evidence: [verdict.status === "missing" ? "it is not there" : `it is ${spell(verdict.found)}`],
  });
}

const spell = (found: string): string => found.replace(/^it is /, "");
