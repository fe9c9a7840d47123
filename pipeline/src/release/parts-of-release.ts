import type { Digest } from "../identifiers.ts";
import { spellImages } from "../policy/spell.ts";
import type { WebFileList } from "../web/file-list.ts";
import type { ReleaseImage, ReleaseManifest } from "./manifest.ts";

export interface WantedBlob {
  readonly name: string;
  readonly digest: Digest;
  /** Null: the manifest does not say. */
  readonly bytes: number | null;
}

/** Images of a release, each once, the one that only runs migrations too. */
export function imagesOf(
  manifest: ReleaseManifest,
): readonly { readonly name: string; readonly image: ReleaseImage }[] {
  const images = new Map<Digest, { name: string; image: ReleaseImage }>();
  for (const [name, image] of Object.entries(manifest.images)) images.set(image.digest, { name, image });
  const runner = manifest.migrations?.runner.image;
  if (runner !== undefined && !images.has(runner.digest))
    images.set(runner.digest, { name: "migrations", image: runner });
  return [...images.values()];
}

/** In words, each once. */
export const imageWords = (manifest: ReleaseManifest): readonly string[] => {
  const all = imagesOf(manifest);
  const services = new Set(Object.values(manifest.images).map(({ digest }) => digest)).size;
  return spellImages(services, all.length > services);
};

/** Everything of a release but release.json and images, each once. */
export function blobsOf(manifest: ReleaseManifest, web: WebFileList | null): readonly WantedBlob[] {
  const wanted = new Map<Digest, WantedBlob>();
  const want = (blob: WantedBlob): void => {
    if (!wanted.has(blob.digest)) wanted.set(blob.digest, blob);
  };
  if (manifest.web !== null) want({ name: "web file list", digest: manifest.web.digest, bytes: null });
  for (const { name, image } of imagesOf(manifest)) {
    if (image.files !== undefined) want({ name: `file list of ${name}`, digest: image.files, bytes: null });
  }
  for (const file of web?.files ?? []) want({ name: `web, ${file.path}`, digest: file.sha256, bytes: file.bytes });
  return [...wanted.values()];
}
