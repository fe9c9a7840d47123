import type { BatchEntry } from "../batch-file.ts";

export type Row = Readonly<Record<string, unknown>>;

/** A migration that was read and may run. */
export interface LoadedMigration<File> {
  readonly entry: BatchEntry;
  /** From the image's root. */
  readonly path: string;
  readonly transactional: boolean;
  readonly file: File;
}

/** Runs statements, on the one connection; inside `transaction` in it. */
export interface Statements<File> {
  /** `$1`, `$2` … in order, each once. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs the statements of a file. @throws what the database, or the file, threw */
  apply(migration: LoadedMigration<File>): Promise<void>;
}

/** The one connection of the task: its session holds the lock and runs everything. */
export interface Session<File> extends Statements<File> {
  /** Commits when `work` returns; rolls back when it throws. */
  transaction(work: (inside: Statements<File>) => Promise<void>): Promise<void>;
  /** The statement, line and own words of an error that `apply` or a commit threw. */
  explain(error: unknown, migration: LoadedMigration<File>): Explanation;
  /** Asks the server to stop what it runs for us. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}
export interface Explanation {
  readonly message: string;
  readonly statement: string | null;
  readonly line: number | null;
}

/** How migrations are read and run: by the app's own knex, or as plain SQL. */
export interface Engine<File> {
  readonly name: "knex" | "sql";
  /** Shown in the first line of the log. */
  readonly version: string;
  /** @throws RunnerFailure `unsupported` or `not-loadable`, before anything has run */
  load(root: string, path: string, entry: BatchEntry): Promise<LoadedMigration<File>>;
  connect(address: string, guard: StatementGuard): Promise<Session<File>>;
}

/** Looks at every statement before it is sent. */
export interface StatementGuard {
  /** @throws to keep it from being sent */
  check(text: string): void;
}
