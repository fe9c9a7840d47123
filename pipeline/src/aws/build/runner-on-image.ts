import { Readable } from "node:stream";
import { PortError, RefusalError } from "../../errors.ts";
import type { ImageOrder } from "../../release/build-ports.ts";
import type { ReleaseImage } from "../../release/manifest.ts";
import { type Descriptor, partsOfManifest } from "../image/parts-of-manifest.ts";
import { repositorySource } from "../image/repository-source.ts";
import { manifestFor } from "../image/weigh-image.ts";
import { configBytes, readImageConfig, workingFolderOf } from "./image-config.ts";
import { diffIdOf, layerOfFiles } from "./layer.ts";
import { pushImage } from "./push-image.ts";
import { explainDenial, type Registry } from "./registry.ts";

/**
 * An image that runs migrations: all layers of an adopted one, and above them what applies its migrations. The service keeps the image that
 * was handed in, bit by bit.
 */
export async function putRunnerOn(
  registry: Registry,
  adopted: ReleaseImage,
  { service, added, commit, signal }: Pick<ImageOrder, "service" | "added" | "commit" | "signal">,
  scratch: string,
): Promise<ReleaseImage> {
  const source = repositorySource(registry.client);
  const { config, layers } = await explainDenial(registry.repository, async () => {
    const manifest = await manifestFor(source, adopted.digest, registry.platform);
    const parts = manifest === null ? null : partsOfManifest(manifest);
    const bytes = parts === null ? null : await source.config(parts.config.digest);
    if (parts === null || bytes === null || readImageConfig(bytes).rootfs.diff_ids.length !== parts.layers.length)
      throw new RefusalError({
        code: "image-unavailable",
        message: `the image of ${service} is gone since it was looked at, or names other layers than it has. Nothing was published.`,
      });
    return { config: readImageConfig(bytes), layers: parts.layers };
  });
  const layer = await layerOfFiles(added, workingFolderOf(config), commit.committedAt);
  const tar = () => Readable.from([layer]) as AsyncIterable<Buffer>;
  const below = config.rootfs.diff_ids;
  for (const [index, layer] of layers.entries()) registry.known.set(below[index] ?? "", asOci(layer));
  const diffIds = [...below, await diffIdOf(tar())];
  return await pushImage(registry, {
    config: configBytes(config, diffIds),
    layers: diffIds.map((diffId, index) => ({ diffId, tar: index < below.length ? () => gone(diffId) : tar })),
    scratch,
    guard: { check: () => signal.throwIfAborted(), signal },
  });
}

async function* gone(diffId: string): AsyncGenerator<Buffer> {
  yield await Promise.reject(new PortError("images.push", "none", `the layer ${diffId} is gone from the registry`));
}

/** A manifest of OCI names layers as OCI does; Docker's own kind has the same bytes. */
function asOci(layer: Descriptor): Descriptor {
  const mediaType = layer.mediaType
    .replace("application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.oci.image.layer.v1.tar+gzip")
    .replace(/^application\/vnd\.docker\.image\.rootfs\.diff\.tar$/, "application/vnd.oci.image.layer.v1.tar");
  return { ...layer, mediaType };
}
