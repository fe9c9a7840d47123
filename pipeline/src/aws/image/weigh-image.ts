import type { Digest } from "../../identifiers.ts";
import type { ImageVerdict } from "../../release/build-ports.ts";
import { lookAtImage } from "./look-at-image.ts";
import { parseManifest } from "./manifest.ts";
import { partsOfManifest } from "./parts-of-manifest.ts";
import type { RepositorySource } from "./repository-source.ts";

/**
 * Whether a repository has all of an image, for a platform: manifests and configuration by their bytes, layers by their size, since a registry has
 * hashed them when they came and whoever runs the image does it again. `bytes` is what travels when it is pulled for the first time.
 */
export async function weighImage(source: RepositorySource, digest: Digest, platform: string): Promise<ImageVerdict> {
  const look = await lookAtImage(source, digest, platform);
  if (look === null) return { status: "missing" };
  if (!look.pullable) return { status: "differs", found: look.because ?? "an image that nobody can pull" };
  const manifest = await manifestFor(source, digest, platform);
  const parts = manifest === null ? null : partsOfManifest(manifest);
  if (manifest === null || parts === null) return { status: "differs", found: "no manifest of an image" };
  const layers = new Map(parts.layers.map((layer) => [layer.digest, layer.size]));
  for (const [layer, size] of layers) {
    const found = await source.sizeOf(layer);
    if (found === null) return { status: "differs", found: `an image without its layer ${layer}` };
    if (!Number.isNaN(found) && found !== size)
      return { status: "differs", found: `an image whose layer ${layer} has another size` };
  }
  const bytes = [...layers.values()].reduce((sum, size) => sum + size, manifest.length + parts.config.size);
  return { status: "same", bytes };
}

/** Of a list of images the one for the platform; null: it is not there. */
export async function manifestFor(
  source: RepositorySource,
  digest: Digest,
  platform: string,
): Promise<Uint8Array | null> {
  const stored = await source.manifest(digest);
  const manifest = stored === null ? null : parseManifest(stored.bytes);
  if (manifest?.kind !== "index") return stored?.bytes ?? null;
  const fitting = manifest.images.find((image) => image.platform === platform);
  return fitting === undefined ? null : ((await source.manifest(fitting.digest))?.bytes ?? null);
}
