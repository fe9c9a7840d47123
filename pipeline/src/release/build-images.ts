import type { Config, ServiceConfig } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { type MigrationSet, runnerAdditions, withFiles } from "./build-migrations.ts";
import type { BuildPorts, Checkout } from "./build-ports.ts";
import type { ImageFileList } from "./image-files.ts";
import type { ReleaseImage } from "./manifest.ts";

/** One image a service, by its name. */
export interface BuiltImages {
  readonly images: Readonly<Record<string, ReleaseImage>>;
  readonly files: Readonly<Record<string, ImageFileList>>;
}

/** `given` are images that were built elsewhere and are taken as they are. */
export async function buildImages(
  ports: BuildPorts,
  checkout: Checkout,
  config: Config,
  migrations: MigrationSet | null,
  given: Readonly<Record<string, ReleaseImage>>,
): Promise<BuiltImages> {
  const images: Record<string, ReleaseImage> = {};
  const files: Record<string, ImageFileList> = {};
  for (const service of config.services) {
    const runs = migrations?.config.engine === "knex" && migrations.config.service === service.name ? migrations : null;
    const ready = Object.hasOwn(given, service.name) ? given[service.name] : undefined;
    if (ready !== undefined) {
      if (runs !== null) throw cannotRunMigrations(service);
      images[service.name] = ready;
      continue;
    }
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

const cannotRunMigrations = (service: ServiceConfig): UserError =>
  new UserError({
    code: "usage",
    message: `--image ${service.name} was built elsewhere and cannot run the Knex migrations; let migrations.service name another service`,
  });
