import type { EnvironmentName, ServiceName, Sha } from "../../identifiers.ts";

export interface ServiceStatus {
  readonly service: ServiceName;
  /** Of what serves; null while nothing has become healthy. */
  readonly sha: Sha | null;
  readonly running: number;
  readonly wanted: number;
  readonly restarts: number;
  /** Resident memory of its processes. */
  readonly memoryBytes: number;
}
export interface EnvironmentStatus {
  readonly env: EnvironmentName;
  readonly url: string;
  /** Of the pages that are live. */
  readonly webSha: Sha | null;
  readonly services: readonly ServiceStatus[];
  readonly restarts: number;
  readonly memoryBytes: number;
}
/** What `promote local status` shows. */
export interface PlatformStatus {
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly postgres: { readonly version: string; readonly pid: number; readonly port: number };
  readonly environments: readonly EnvironmentStatus[];
}
