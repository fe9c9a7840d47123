import type { ImageShelf } from "../release/build-ports.ts";
import type { ReleaseImage } from "../release/manifest.ts";
import { hexOf } from "../release/store-keys.ts";
import { explainDenial, type Registry, registryOf } from "./build/registry.ts";
import { putTag } from "./image/put-tag.ts";
import { repositorySource } from "./image/repository-source.ts";
import { weighImage } from "./image/weigh-image.ts";

/**
 * Images of registries, for those who look: each says itself where it is. One that a release names has a tag of its own, since what has none
 * is what lifecycle rules expire first.
 */
export function createRegistryShelf(): ImageShelf {
  const registries = new Map<string, Registry>();
  const registryAt = ({ repository, platform }: ReleaseImage): Registry => {
    const known = registries.get(repository) ?? registryOf({ repository, platform });
    registries.set(repository, known);
    return known;
  };
  return {
    async verify(image) {
      if (!isInRegistry(image)) return { status: "missing" };
      const { client, repository } = registryAt(image);
      return await explainDenial(repository, () => weighImage(repositorySource(client), image.digest, image.platform));
    },
    async keep(image) {
      if (!isInRegistry(image)) return "missing";
      const { client, repository } = registryAt(image);
      const { digest } = image;
      return await explainDenial(repository, async () => {
        const stored = await repositorySource(client).manifest(digest);
        if (stored === null) return "missing";
        await putTag(client, { tag: `release-${hexOf(digest)}`, digest, stored, permit: unlimited }, "images.keep");
        return "kept";
      });
    },
    // A layer would have to be fetched whole.
    readFile: async () => null,
  };
}

/** One that was built for a ladder on a machine is in a file there. */
const isInRegistry = ({ repository }: ReleaseImage): boolean => repository.includes("/");

const unlimited = { check: () => undefined, signal: new AbortController().signal };
