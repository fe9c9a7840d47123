import type { Digest } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import type { SealedFolder } from "./sealed-folder.ts";

/** What the platform needs of the parts beside it; each is made in `main.ts`. */
export interface Guard {
  /** For the environment of everything that is to end with the platform. */
  readonly mark: Readonly<Record<string, string>>;
  /** Ends the process group when the platform itself dies without a chance to. */
  watch(order: {
    readonly pid: number;
    readonly group: boolean;
    readonly signals: readonly NodeJS.Signals[];
  }): Promise<void>;
  forget(pid: number): void;
}
export interface Postgres {
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  url(database: string): string;
  ensureDatabase(name: string): Promise<unknown>;
  stop(): Promise<void>;
}
export interface Machine {
  readonly guard: Guard;
  readonly postgres: Postgres;
  readonly store: ObjectStore;
  /** An image's files, verified against the digest. @throws OrderRefused when there is no such image. */
  unpackImage(digest: Digest): Promise<SealedFolder>;
}
