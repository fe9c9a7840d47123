import * as z from "zod";
import type { Digest } from "../identifiers.ts";

/** A migration by name, without its extension: `.ts` in the repository may be `.js` in the image (knex names include it). */
export interface MigrationFile {
  readonly name: string;
  readonly sha256: Digest;
}
/** What the runner found applied; hash null when the row was written by somebody else (plain knex). */
export interface AppliedMigration {
  readonly name: string;
  readonly sha256: Digest | null;
}

export { runnerResultMarker } from "./result-marker.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
/** No file system has longer names; records hold them. */
const name = z.string().max(300);
export const runnerResultSchema = z.object({
  version: z.literal(1),
  status: z.enum(["done", "failed", "refused"]),
  /** Names applied by this task, in order. */
  ran: z.array(name),
  /** Everything applied afterwards, in the order of application. */
  applied: z.array(z.object({ name, sha256: digest.nullable() })),
  /** False: the database could not be read at the end; `applied` is then what was known last, and proves nothing. */
  appliedKnown: z.boolean().optional(),
  /**
   * Present unless done. `code` is a SQLSTATE, a code of the network (ECONNREFUSED), or one of Slipway's own: diverged,
   * fenced, other-lineage, half-run, lock-timeout, lock-lost, terminated, unsupported (a file that must not run as it
   * is), not-loadable, input, error.
   */
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      migration: z.string().nullable(),
      statement: z.string().nullable(),
      file: z.string().nullable(),
      line: z.number().int().nullable(),
    })
    .nullable(),
  milliseconds: z.number(),
});
export type RunnerResult = z.infer<typeof runnerResultSchema>;

/** What the ledger believes about the schema: the last runner's report; uncertain after an interruption. */
export interface SchemaBelief {
  readonly applied: readonly AppliedMigration[];
  readonly certain: boolean;
}
