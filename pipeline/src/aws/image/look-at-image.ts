import type { Digest } from "../../identifiers.ts";
import type { ImageLook } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";
import { parseManifest, platformOfConfig } from "./manifest.ts";

/** How a registry gives away what it keeps of an image, by digest; null: it has no such thing. */
export interface ImageSource {
  manifest(digest: Digest): Promise<StoredManifest | null>;
  config(digest: Digest): Promise<Uint8Array | null>;
}
export interface StoredManifest {
  /** As it is stored: its SHA-256 is the digest. */
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export const isOf = (bytes: Uint8Array, digest: Digest): boolean => sha256(bytes) === digest;
const whole: ImageLook = { pullable: true, because: null };
const no = (because: string): ImageLook => ({ pullable: false, because });

/**
 * Whether the image's manifests and configuration are whole and it runs on `platform` (`linux/amd64`). Of a list of images that for the platform
 * counts. Layers are not read.
 */
export async function lookAtImage(source: ImageSource, digest: Digest, platform: string): Promise<ImageLook | null> {
  const stored = await source.manifest(digest);
  if (stored === null) return null;
  if (!isOf(stored.bytes, digest)) return no("its manifest has other bytes than its digest says");
  const manifest = parseManifest(stored.bytes);
  if (manifest === null) return no("it is no container image");
  if (manifest.kind === "image") return await lookAtConfig(source, manifest.config, platform);
  const fitting = manifest.images.find((image) => image.platform === platform);
  if (fitting === undefined) {
    // Attestations are listed beside images, for no platform at all.
    const platforms = manifest.images.map((image) => image.platform).filter((name) => name !== "unknown/unknown");
    return no(`it is for ${platforms.join(", ") || "no platform"}, not for ${platform}`);
  }
  const inner = await source.manifest(fitting.digest);
  if (inner === null) return no(`its manifest for ${platform} is not there`);
  if (!isOf(inner.bytes, fitting.digest)) return no(`its manifest for ${platform} has other bytes`);
  const one = parseManifest(inner.bytes);
  if (one?.kind !== "image") return no(`its manifest for ${platform} is that of no image`);
  return await lookAtConfig(source, one.config, platform);
}

async function lookAtConfig(source: ImageSource, digest: Digest, platform: string): Promise<ImageLook> {
  const bytes = await source.config(digest);
  if (bytes === null) return no("its configuration is not there");
  if (!isOf(bytes, digest)) return no("its configuration has other bytes than its digest says");
  const found = platformOfConfig(bytes);
  if (found === null) return no("it is no container image");
  return found === platform ? whole : no(`it is for ${found}, not for ${platform}`);
}
