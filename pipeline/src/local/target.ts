import type { Config } from "../config/config.ts";
import { writeTarget } from "../environment/read-target.ts";
import type { StoredTarget, Target } from "../environment/target.ts";
import { UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import type { ObjectStore } from "../ports.ts";
import { type LocalTemplate, storeTemplate, templateDigest } from "./platform/template.ts";

const defaultDatabaseVariable = "DATABASE_URL";
const highestPort = 65_535;

/** Port of an environment's address: the board's is first, the ladder follows. */
export function localPort(config: Config, environment: EnvironmentName): number {
  const rung = config.environments.findIndex(({ name }) => name === environment);
  const port = config.local.port + 1 + rung;
  if (rung >= 0 && port <= highestPort) return port;
  throw new UserError({
    code: "config-invalid",
    message: `${environment} has no port: local.port is ${config.local.port}, and ${port} is none.`,
  });
}

export const localUrl = (port: number): string => `http://127.0.0.1:${port}`;

/** What every process of the local target gets beside its image. */
const localTemplate = (config: Config): LocalTemplate => ({
  version: 1,
  env: { ...config.local.env },
  envFile: config.local.envFile,
  database: config.migrations?.database ?? defaultDatabaseVariable,
});

/** The descriptor that the configuration leads to; nothing is written. */
function localTarget(config: Config, environment: EnvironmentName): Target {
  const port = localPort(config, environment);
  const slot = { template: templateDigest(localTemplate(config)) };
  return {
    version: 1,
    environment,
    kind: "local",
    url: localUrl(port),
    services: {},
    anyService: slot,
    migrations: slot,
    web: { switch: "pointer" },
    site: { port },
  };
}

/** The infrastructure of an environment on this machine, as code: the template, then the target that names it. */
export async function ensureLocalTarget(
  store: ObjectStore,
  config: Config,
  environment: EnvironmentName,
): Promise<StoredTarget> {
  await storeTemplate(store, environment, localTemplate(config));
  return writeTarget(store, localTarget(config, environment));
}
