import * as z from "zod";
import { type Digest, digestPattern } from "../../identifiers.ts";

/** As a manifest names something of its image. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

const descriptor = z.object({
  mediaType: z.string().max(200),
  digest: z
    .string()
    .regex(digestPattern)
    .transform((text) => text as Digest),
  size: z.int().min(0),
});
const schema = z.object({ config: descriptor, layers: z.array(descriptor).max(1_000) });

/** Null: it is not the manifest of one image. */
export function partsOfManifest(
  bytes: Uint8Array,
): { readonly config: Descriptor; readonly layers: readonly Descriptor[] } | null {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString())).data ?? null;
  } catch {
    return null;
  }
}
