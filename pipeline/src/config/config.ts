import type { AppName, EnvironmentName, ServiceName } from "../identifiers.ts";
import type { Policy } from "../policy/policy.ts";
import type { ServiceShape } from "../release/manifest.ts";

/** One command, already split into an argument list; never given to a shell. */
export type Command = readonly string[];

export interface EnvironmentConfig {
  readonly name: EnvironmentName;
  readonly target: "aws" | "local";
  readonly account: string | null;
  readonly region: string | null;
  readonly role: string | null;
}
export interface ServiceConfig {
  readonly name: ServiceName;
  /** After the commands of the whole build. */
  readonly build: readonly Command[];
  /** Files and folders of the built checkout that the image holds; null with a dockerfile. */
  readonly files: readonly string[] | null;
  readonly dockerfile: string | null;
  /** What the release freezes. */
  readonly shape: ServiceShape;
}
export interface MigrationsConfig {
  readonly engine: "knex" | "sql";
  readonly folder: string;
  /** knex only: whose image holds knex and the folder. */
  readonly service: ServiceName | null;
  readonly database: string;
  readonly timeoutSeconds: number;
  readonly lockTimeoutSeconds: number;
}
export interface WebConfig {
  readonly folder: string;
  /** Globs, relative to the folder. */
  readonly assets: readonly string[];
  readonly fallback: string | null;
  readonly switch: "pointer" | "sync";
}
interface NotifyConfig {
  readonly urlVariable: string;
  readonly format: "slack" | "json" | "cdevents";
  readonly events: readonly string[];
}

/** slipway.yaml after defaults: one form, whatever was left out of the file. Durations are in seconds. */
export interface Config {
  readonly version: 1;
  readonly app: AppName;
  readonly branch: string;
  /** `s3://bucket/prefix`, or a folder relative to the file. */
  readonly store: string;
  readonly region: string | null;
  readonly rollbackWindow: number;
  readonly build: readonly Command[];
  /** The ladder, bottom first. */
  readonly environments: readonly EnvironmentConfig[];
  readonly services: readonly ServiceConfig[];
  readonly retired: readonly ServiceName[];
  readonly migrations: MigrationsConfig | null;
  readonly web: WebConfig | null;
  readonly local: {
    /** Of the board; the environments follow, in the ladder's order. */
    readonly port: number;
    readonly env: Readonly<Record<string, string>>;
    readonly envFile: string | null;
    readonly waive: readonly ("soak" | "approval" | "freeze")[];
  };
  readonly notify: readonly NotifyConfig[];
  /** The delivery half, as `promote build` publishes it. */
  readonly policy: Policy;
}
