import type { Config } from "../config/config.ts";
import { type MigrationSet, runnerAdditions, withFiles } from "./build-migrations.ts";
import type { Checkout, DraftPorts } from "./build-ports.ts";
import type { ImageFileList } from "./image-files.ts";
import type { ReleaseImage } from "./manifest.ts";

/** One image a service, by its name. */
export interface BuiltImages {
  readonly images: Readonly<Record<string, ReleaseImage>>;
  readonly files: Readonly<Record<string, ImageFileList>>;
}

export async function buildImages(
  ports: DraftPorts,
  checkout: Checkout,
  config: Config,
  migrations: MigrationSet | null,
): Promise<BuiltImages> {
  const images: Record<string, ReleaseImage> = {};
  const files: Record<string, ImageFileList> = {};
  for (const service of config.services) {
    const runs = migrations?.config.engine === "knex" && migrations.config.service === service.name ? migrations : null;
    const built = await ports.images.build({
      service: service.name,
      from: { checkout, files: service.files ?? [] },
      dockerfile: service.dockerfile,
      added: runs === null ? [] : await runnerAdditions(ports, runs),
    });
    images[service.name] = withFiles(built.image, built.files);
    if (built.files !== null) files[service.name] = built.files;
  }
  return { images, files };
}
