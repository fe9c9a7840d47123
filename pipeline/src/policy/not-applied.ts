import type { Standing } from "../ledger/records.ts";
import type { ReleaseManifest } from "../release/manifest.ts";

/**
 * Migrations of a release that the environment's database never had, as far as the ledger is certain: another database was put in place since the
 * release ran. Names that were applied and are not listed any more count as applied: another engine keeps another list.
 */
export function notApplied({ schema, known }: Standing, manifest: ReleaseManifest | null): readonly string[] {
  if (!schema.certain) return [];
  const had = new Set([...schema.applied, ...known].map(({ name }) => name));
  const files = manifest?.migrations?.files ?? [];
  return files.map(({ name }) => name).filter((name) => !had.has(name));
}
