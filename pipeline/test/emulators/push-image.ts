import type { Digest } from "../../src/identifiers.ts";
import { canonicalJson, sha256 } from "../../src/release/canonical-json.ts";

/** What an image is made of besides its layers, as texts whose hashes are their digests. */
export interface SampleImage {
  readonly manifest: string;
  readonly mediaType: string;
  readonly digest: Digest;
  /** Blobs that the manifest names. */
  readonly blobs: readonly string[];
}

const imageType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

/** An image with one layer; `content` makes it another one. */
export function anImage(content: string, architecture = "amd64"): SampleImage {
  const layer = `layer ${content}`;
  const config = canonicalJson({
    architecture,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [sha256(layer)] },
  });
  const entry = (text: string, mediaType: string) => ({
    mediaType,
    digest: sha256(text),
    size: Buffer.byteLength(text),
  });
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: imageType,
    config: entry(config, "application/vnd.oci.image.config.v1+json"),
    layers: [entry(layer, "application/vnd.oci.image.layer.v1.tar")],
  });
  return { manifest, mediaType: imageType, digest: sha256(manifest), blobs: [config, layer] };
}

/** A list of images for several platforms, beside an attestation as buildx puts it there. */
export function anIndex(images: Readonly<Record<string, SampleImage>>, attestation: SampleImage): SampleImage {
  const entry = (image: SampleImage, os: string, architecture: string) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: Buffer.byteLength(image.manifest),
    platform: { os, architecture },
  });
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      ...Object.entries(images).map(([architecture, image]) => entry(image, "linux", architecture)),
      entry(attestation, "unknown", "unknown"),
    ],
  });
  return { manifest, mediaType: indexType, digest: sha256(manifest), blobs: [] };
}

/** To a registry of the tests, by digest alone, as `docker buildx --push` with `push-by-digest` does. */
export async function pushImage(
  repository: string,
  { manifest, mediaType, digest, blobs }: SampleImage,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const blob of blobs) {
    const begun = await fetch(`${repository}/blobs/uploads/`, { method: "POST", headers });
    const url = new URL(begun.headers.get("location") ?? "", repository);
    url.searchParams.set("digest", sha256(blob));
    const body = { method: "PUT", body: blob, headers: { ...headers, "content-type": "application/octet-stream" } };
    expectStatus(201, await fetch(url, body));
  }
  const put = { method: "PUT", body: manifest, headers: { ...headers, "content-type": mediaType } };
  expectStatus(201, await fetch(`${repository}/manifests/${digest}`, put));
}

function expectStatus(status: number, answer: Response): void {
  if (answer.status !== status) throw new Error(`${answer.url} answers ${answer.status}`);
}
