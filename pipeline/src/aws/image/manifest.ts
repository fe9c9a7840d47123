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
export function parseManifest(bytes: Uint8Array): Manifest | null {
  const json = parsed(bytes);
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

/** A manifest says itself what it is; one that does not is what the registry calls it, or an image of OCI, which need not say. */
export function mediaTypeOf(bytes: Uint8Array, told: string | null): string {
  const said = z.object({ mediaType: z.enum(manifestTypes) }).safeParse(parsed(bytes));
  if (said.success) return said.data.mediaType;
  const known = manifestTypes.find((type) => told?.startsWith(type));
  return known ?? (parseManifest(bytes)?.kind === "index" ? manifestTypes[0] : manifestTypes[1]);
}

/** `linux/amd64`; null: these are no bytes of an image's configuration. */
export function platformOfConfig(bytes: Uint8Array): string | null {
  const read = platform.safeParse(parsed(bytes));
  return read.success ? nameOf(read.data) : null;
}

const nameOf = ({ os, architecture }: z.infer<typeof platform>): string => `${os}/${architecture}`;

/** Null: it is no JSON, or no UTF-8. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
