import type { InitFinding } from "./repository-look.ts";

/** A service as `init` would write it; `guesses` are the keys that a person should check. */
export interface ServiceProposal {
  readonly name: string;
  readonly build?: readonly string[];
  readonly files: readonly string[];
  readonly run: string;
  /** Null: a worker. */
  readonly port: string | null;
  /** Null: the default, all paths. */
  readonly paths: readonly string[] | null;
  readonly health: string | null;
  readonly smoke: readonly string[];
  readonly guesses: readonly ("files" | "run" | "port" | "paths" | "health")[];
}
export interface MigrationsProposal {
  readonly engine: "knex" | "sql";
  readonly folder: string;
  /** Null: DATABASE_URL. */
  readonly database: string | null;
}
export interface WebProposal {
  readonly folder: string;
  readonly assets: readonly string[];
  readonly fallback: string | null;
  readonly guess: boolean;
}
/** What one detector makes of a repository; what it did not see is left out. */
export interface Proposal {
  readonly findings: readonly InitFinding[];
  readonly build: readonly string[];
  readonly services: readonly ServiceProposal[];
  readonly migrations: MigrationsProposal | null;
  readonly web: WebProposal | null;
}

export const nothingProposed: Proposal = { findings: [], build: [], services: [], migrations: null, web: null };
