import { join } from "node:path";
import { type BuildPorts, type Config, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { buildVariables } from "./build-variables.ts";
import { platformName } from "./platform-name.ts";

/** What builds images for the ladder of this call, and where they are kept. @throws UserError, RefusalError before anything is built */
export async function imagePorts(
  call: Call,
  { root, storeFolder, isOnAws, store, redact }: Session,
  config: Config,
  repositoryRoot: string,
): Promise<Pick<BuildPorts, "images" | "shelf">> {
  const images = call.args.lists.image ?? [];
  if (!isOnAws) return await imagesOfFiles(images, root, storeFolder);
  const { openImageBuild } = await import("@slipway/pipeline/aws");
  const variables = buildVariables(call.shell.variables);
  return await openImageBuild({
    config,
    store,
    images,
    builds: join(repositoryRoot, ".slipway", "build"),
    variables,
    redact,
  });
}

async function imagesOfFiles(images: readonly string[], root: string, storeFolder: string | null) {
  if (images.length > 0) {
    throw new UserError({
      code: "usage",
      message: "--image takes over an image of a repository, which only a target on AWS can run. Nothing was built.",
      next: ["promote build"],
    });
  }
  const { createImageBuilder, createImageStore, platformFolders } = await import("@slipway/pipeline/local");
  const shelf = createImageStore(platformFolders(root, storeFolder ?? undefined).images);
  return { images: createImageBuilder(shelf, platformName()), shelf };
}
