import type { Digest } from "../identifiers.ts";
import type { ImageRegistry } from "../ports.ts";
import type { Facts } from "./facts.ts";
import { askEach } from "./observe.ts";
import { foundRelease } from "./plan-promotion.ts";

/** The facts with the images of what runs now, which only those ask for who tell people whether it can be put back. */
export async function lookBack(facts: Facts, images: ImageRegistry): Promise<Facts> {
  const before = foundRelease(facts.before);
  if (!before) return facts;
  const digests = Object.values(before.release.manifest.images).map((image) => image.digest);
  const unseen = digests.filter((digest) => !Object.hasOwn(facts.images, digest));
  const seen = await askEach(unseen, (digest) => images.inspect({ digest: digest as Digest }));
  return { ...facts, images: { ...facts.images, ...(seen as Facts["images"]) } };
}
