import type { Config } from "../config/config.ts";
import { type MigrationSet, runnerAdditions, withFiles } from "./build-migrations.ts";
import type { Checkout, DraftPorts, ImageOrder } from "./build-ports.ts";
import type { ImageFileList } from "./image-files.ts";
import type { ReleaseImage } from "./manifest.ts";

/** One image a service, by its name. */
export interface BuiltImages {
  readonly images: Readonly<Record<string, ReleaseImage>>;
  readonly files: Readonly<Record<string, ImageFileList>>;
  /** Of migrations by Knex, where it is not the image of their service. */
  readonly runner: ReleaseImage | null;
}
/** Of what builds them. */
export type BuildWatch = Pick<ImageOrder, "commit" | "onLine" | "signal">;

export async function buildImages(
  ports: DraftPorts,
  checkout: Checkout,
  config: Config,
  migrations: MigrationSet | null,
  watch: BuildWatch,
): Promise<BuiltImages> {
  const images: Record<string, ReleaseImage> = {};
  const files: Record<string, ImageFileList> = {};
  let runner: ReleaseImage | null = null;
  for (const service of config.services) {
    const runs = migrations?.config.engine === "knex" && migrations.config.service === service.name ? migrations : null;
    const built = await ports.images.build({
      service: service.name,
      from: { checkout, files: service.files ?? [] },
      dockerfile: service.dockerfile,
      added: runs === null ? [] : await runnerAdditions(ports, runs),
      ...watch,
    });
    images[service.name] = withFiles(built.image, built.files);
    if (built.files !== null) files[service.name] = built.files;
    runner = built.runner ?? runner;
  }
  return { images, files, runner };
}
