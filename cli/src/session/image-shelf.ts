import type { ImageShelf } from "@slipway/pipeline";
import type { Session } from "../session.ts";

/** Where the images of this ladder are kept: on this machine, or in the registry that each of them names. */
export async function imageShelf({ root, storeFolder, isOnAws }: Session): Promise<ImageShelf> {
  if (isOnAws) return await (await import("@slipway/pipeline/aws")).openRegistryShelf();
  const { createImageStore, platformFolders } = await import("@slipway/pipeline/local");
  return createImageStore(platformFolders(root, storeFolder ?? undefined).images);
}
