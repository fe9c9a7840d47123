import * as z from "zod";
import { type Digest, digestPattern } from "../../identifiers.ts";

/** Of a registry's answer; the distribution specification lets a registry refuse larger ones. */
export const longestManifestBytes = 4 * 2 ** 20;

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md and image-index.md, and Docker's own two before them. */
export const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

const digest = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);
const platform = z.object({ os: z.string().max(50), architecture: z.string().max(50) });
const index = z.object({
  manifests: z.array(z.object({ digest, platform: platform.optional() })).max(1_000),
});
const image = z.object({ config: z.object({ digest }) });

export type Manifest =
  | { readonly kind: "index"; readonly images: readonly { readonly digest: Digest; readonly platform: string }[] }
  | { readonly kind: "image"; readonly config: Digest };

/** Null: it is neither an image nor a list of images. */
export function parseManifest(text: string): Manifest | null {
  const json = parsed(text);
  const one = image.safeParse(json);
  if (one.success) return { kind: "image", config: one.data.config.digest };
  const many = index.safeParse(json);
  if (!many.success) return null;
  const images = many.data.manifests.map((entry) => ({
    digest: entry.digest,
    platform: entry.platform ? nameOf(entry.platform) : "unknown/unknown",
  }));
  return { kind: "index", images };
}

/** `linux/amd64`; null: the text is no image's configuration. */
export function platformOfConfig(text: string): string | null {
  const read = platform.safeParse(parsed(text));
  return read.success ? nameOf(read.data) : null;
}

const nameOf = ({ os, architecture }: z.infer<typeof platform>): string => `${os}/${architecture}`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
