import type { Digest } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { listReleases } from "../../release/list-releases.ts";
import { imagesOf } from "../../release/parts-of-release.ts";
import { isOf } from "../image/look-at-image.ts";
import { type Descriptor, partsOfManifest } from "../image/parts-of-manifest.ts";
import { repositorySource } from "../image/repository-source.ts";
import { manifestFor } from "../image/weigh-image.ts";
import { readImageConfig } from "./image-config.ts";
import type { Registry } from "./registry.ts";

/** Layers that the repository has, by what they hold: to compress them and to send them once more would give nothing new. */
export type KnownLayers = Map<string, Descriptor>;

/** Of the newest release: most of its layers are those of the next one, the base before all. What cannot be read is not known. */
export async function readKnownLayers(store: ObjectStore, registry: Registry): Promise<void> {
  const [newest] = await listReleases(store, 1);
  for (const { image } of newest ? imagesOf(newest.manifest) : []) {
    if (image.repository !== registry.repository) continue;
    const layers = await layersOf(registry, image.digest).catch(() => []);
    for (const [diffId, layer] of layers) registry.known.set(diffId, layer);
  }
}

async function layersOf(
  { client, platform }: Registry,
  digest: Digest,
): Promise<readonly (readonly [string, Descriptor])[]> {
  const source = repositorySource(client);
  const manifest = await manifestFor(source, digest, platform);
  const parts = manifest === null ? null : partsOfManifest(manifest);
  const config = parts === null ? null : await source.config(parts.config.digest);
  if (parts === null || config === null || !isOf(config, parts.config.digest)) return [];
  const { diff_ids: diffIds } = readImageConfig(config).rootfs;
  if (diffIds.length !== parts.layers.length) return [];
  return parts.layers.map((layer, index) => [diffIds[index] ?? "", layer] as const);
}
