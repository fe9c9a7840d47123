import type { EnvironmentName } from "../identifiers.ts";
import type { EnvironmentPolicy } from "../policy/policy.ts";
import type { Config, EnvironmentConfig, MigrationsConfig, ServiceConfig, WebConfig } from "./config.ts";
import { type EnvironmentFile, overridableCodes } from "./environment-schema.ts";
import { freezeWindow } from "./freeze.ts";
import { targetOf } from "./rules/ladder.ts";
import type { ConfigFile, WebFile } from "./schema.ts";
import type { ServiceFile } from "./service-schema.ts";
import type { Path } from "./yaml-document.ts";

/** One form, whatever the file left out. `lineOf` tells where slipway.yaml has a path. */
export function normalise(file: ConfigFile, lineOf: (path: Path) => number | null): Config {
  const environments = entriesOf(file.environments);
  const hasWeb = file.web !== undefined;
  return {
    version: 1,
    app: file.app,
    branch: file.branch,
    store: file.store,
    region: file.region ?? null,
    rollbackWindow: file.rollback_window,
    build: file.build,
    environments: environments.map(([name, environment]) => normaliseEnvironment(name, environment, file)),
    services: entriesOf(file.services).map(([name, service]) => normaliseService(name, service, hasWeb)),
    retired: file.retired,
    migrations: normaliseMigrations(file),
    web: file.web ? normaliseWeb(file.web) : null,
    local: {
      port: file.local.port,
      env: file.local.env,
      envFile: file.local.env_file ?? null,
      waive: [...new Set(file.local.waive)],
    },
    notify: file.notify.map(({ url_env, format, events }) => ({ urlVariable: url_env, format, events })),
    policy: {
      version: 1,
      app: file.app,
      branch: file.branch,
      rollbackWindow: file.rollback_window,
      environments: environments.map(([name, environment], rung) => policyOf(name, environment, rung, file, lineOf)),
    },
  };
}

const entriesOf = <Name extends string, Part>(parts: Readonly<Record<Name, Part>>): [Name, Part][] =>
  Object.entries(parts) as [Name, Part][];

function normaliseEnvironment(
  name: EnvironmentName,
  environment: EnvironmentFile,
  file: ConfigFile,
): EnvironmentConfig {
  return {
    name,
    target: targetOf(environment.target, file.store),
    account: environment.account ?? null,
    region: environment.region ?? file.region ?? null,
    role: environment.role ?? null,
  };
}

function policyOf(
  name: EnvironmentName,
  environment: EnvironmentFile,
  rung: number,
  file: ConfigFile,
  lineOf: (path: Path) => number | null,
): EnvironmentPolicy {
  return {
    name,
    ancestry: environment.ancestry,
    supersede: environment.supersede ?? rung === 0,
    soakSeconds: environment.soak,
    approvals: environment.approvals,
    approvers: environment.approvers ?? null,
    approvalExpirySeconds: environment.approval_expiry,
    freeze: environment.freeze.map((freeze, index) =>
      freezeWindow(freeze, lineOf(["environments", name, "freeze", index])),
    ),
    override: environment.override ?? overridableCodes,
    waive: targetOf(environment.target, file.store) === "local" ? [...new Set(file.local.waive)] : [],
  };
}

function normaliseService(name: string, service: ServiceFile, hasWeb: boolean): ServiceConfig {
  const serviceName = name as ServiceConfig["name"];
  return {
    name: serviceName,
    build: service.build,
    files: service.files ?? null,
    dockerfile: service.dockerfile ?? null,
    shape: {
      name: serviceName,
      run: [...service.run],
      port: service.port ?? null,
      paths: service.port === undefined ? [] : (service.paths ?? (hasWeb ? [] : ["/*"])),
      health: service.health ?? { kind: "uptime", seconds: service.healthy_after ?? 10 },
      startTimeoutSeconds: service.start_timeout,
      drainTimeoutSeconds: service.drain_timeout,
      instances: service.instances,
      smoke: service.smoke,
    },
  };
}

function normaliseMigrations({ migrations, services }: ConfigFile): MigrationsConfig | null {
  if (!migrations) return null;
  const folder = migrations.knex ?? migrations.sql;
  if (folder === undefined) throw new TypeError("migrations without a folder; the rules refuse that");
  const first = Object.keys(services)[0] as MigrationsConfig["service"] | undefined;
  return {
    engine: migrations.knex === undefined ? "sql" : "knex",
    folder,
    service: migrations.knex === undefined ? null : (migrations.service ?? first ?? null),
    database: migrations.database,
    timeoutSeconds: migrations.timeout,
    lockTimeoutSeconds: migrations.lock_timeout,
  };
}

const normaliseWeb = (web: WebFile): WebConfig => ({
  folder: web.folder,
  assets: web.assets,
  fallback: web.fallback ?? null,
  switch: web.switch,
});
