import type { Digest } from "../../identifiers.ts";
import type { ImageLook } from "../../ports.ts";
import { sha256 } from "../../release/canonical-json.ts";
import { parseManifest, platformOfConfig } from "./manifest.ts";

/** How a registry gives away what it keeps of an image, by digest; null: it has no such thing. */
export interface ImageSource {
  manifest(digest: Digest): Promise<StoredManifest | null>;
  config(digest: Digest): Promise<string | null>;
}
export interface StoredManifest {
  /** As it is stored: its SHA-256 is the digest. */
  readonly text: string;
  readonly mediaType: string;
}

const whole: ImageLook = { pullable: true, because: null };
const no = (because: string): ImageLook => ({ pullable: false, because });

/**
 * Whether the image's manifests are whole and it runs on `platform` (`linux/amd64`): of a list of images what the list says counts, of a single one
 * its configuration. Layers are not read.
 */
export async function lookAtImage(source: ImageSource, digest: Digest, platform: string): Promise<ImageLook | null> {
  const stored = await source.manifest(digest);
  if (stored === null) return null;
  if (sha256(stored.text) !== digest) return no("its manifest has other bytes than its digest says");
  const manifest = parseManifest(stored.text);
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
  return sha256(inner.text) === fitting.digest ? whole : no(`its manifest for ${platform} has other bytes`);
}

async function lookAtConfig(source: ImageSource, digest: Digest, platform: string): Promise<ImageLook> {
  const text = await source.config(digest);
  if (text === null) return no("its configuration is not there");
  if (sha256(text) !== digest) return no("its configuration has other bytes than its digest says");
  const found = platformOfConfig(text);
  if (found === null) return no("it is no container image");
  return found === platform ? whole : no(`it is for ${found}, not for ${platform}`);
}
