import type { AppliedMigration } from "../batch.ts";
import type { BatchEntry } from "../batch-file.ts";
import { expectationOf } from "../expectation.ts";
import { RunnerFailure } from "./failure.ts";
import type { Applied } from "./journal.ts";

/**
 * What is to run, in order. Asked before any statement of a migration.
 *
 * @throws RunnerFailure `half-run` or `diverged`
 */
export function findPending(
  files: readonly BatchEntry[],
  { names, halfRun }: Applied,
  expect: string | null,
): readonly BatchEntry[] {
  const [half] = halfRun;
  if (half !== undefined) {
    throw new RunnerFailure("refused", {
      code: "half-run",
      message: `${half} was begun outside a transaction and never finished; it is not run again by itself: look what it has done, and settle its row in slipway_migrations`,
      migration: half,
      file: files.find(({ name }) => name === half)?.file ?? null,
    });
  }
  refuseUnexpected(files, names, expect);
  refuseEdited(files, names);
  const applied = new Set(names.map(({ name }) => name));
  return files.filter(({ name }) => !applied.has(name));
}

/** A release older than the database does not know every name; the ledger does. */
function refuseUnexpected(
  files: readonly BatchEntry[],
  applied: readonly AppliedMigration[],
  expect: string | null,
): void {
  const names = applied.map(({ name }) => name);
  if (expect !== null) {
    if (expectationOf(names) === expect) return;
    const found = names.length === 0 ? "found none" : `found ${names.length}, the last ${names.at(-1)}`;
    throw diverged(
      `what is applied is not what the ledger's last report says: ${found}; if this is the right database, the same command goes by what it found`,
    );
  }
  const known = new Set(files.map(({ name }) => name));
  const foreign = names.filter((name) => !known.has(name));
  if (foreign.length === 0) return;
  throw diverged(`applied, and unknown to this release: ${shown(foreign)}`, foreign[0]);
}

function refuseEdited(files: readonly BatchEntry[], applied: readonly AppliedMigration[]): void {
  const hashes = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
  for (const { name, sha256, file } of files) {
    const then = hashes.get(name) ?? null;
    if (then === null || then === sha256) continue;
    const message = `${name} was edited after it was applied: ${then.slice(7, 19)} then, ${sha256.slice(7, 19)} now`;
    throw diverged(message, name, file);
  }
}

const shown = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");

const diverged = (message: string, migration: string | null = null, file: string | null = null): RunnerFailure =>
  new RunnerFailure("refused", { code: "diverged", message, migration, file });
