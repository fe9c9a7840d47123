import type { Digest } from "../identifiers.ts";
import type { AppliedMigration, SchemaBelief } from "../migration/batch.ts";
import type { EnvironmentState } from "../promotion/plan.ts";
import { diffWeb } from "../web/diff.ts";
import type { WebFileList } from "../web/file-list.ts";

/** What one environment has by record. */
export interface EnvironmentHas {
  /** Null: nothing runs there. */
  readonly state: EnvironmentState | null;
  readonly schema: SchemaBelief;
}
export interface ImageDifference {
  readonly service: string;
  /** Null: that environment does not run this service. */
  readonly from: Digest | null;
  readonly to: Digest | null;
}
export interface MigrationDifference {
  /** Applied in the first environment alone, in the order of application. */
  readonly onlyFrom: readonly string[];
  readonly onlyTo: readonly string[];
  /** Applied in both under one name, with other bytes. */
  readonly edited: readonly string[];
  /** False: a migration of one of them never reported, so that more may be applied there than is told. */
  readonly certain: boolean;
}

/** Services whose images differ, by digest: templates belong to the target and differ as they should. In the order of their names. */
export function differingImages(from: EnvironmentHas, to: EnvironmentHas): readonly ImageDifference[] {
  const imageIn = ({ state }: EnvironmentHas, service: string): Digest | null =>
    state?.services[service]?.image ?? null;
  const services = new Set([from, to].flatMap(({ state }) => Object.keys(state?.services ?? {})));
  return [...services]
    .toSorted()
    .map((service) => ({ service, from: imageIn(from, service), to: imageIn(to, service) }))
    .filter((difference) => difference.from !== difference.to);
}

/** By what each database was told to have applied, not by what the releases hold. */
export function differingMigrations(from: EnvironmentHas, to: EnvironmentHas): MigrationDifference {
  const [before, after] = [from, to].map(
    ({ schema }) => new Map(schema.applied.map(({ name, sha256 }) => [name, sha256])),
  );
  const missingIn = (known: ReadonlyMap<string, unknown> | undefined) => (one: AppliedMigration) =>
    !known?.has(one.name);
  const namesOf = (migrations: readonly AppliedMigration[]) => migrations.map(({ name }) => name);
  return {
    onlyFrom: namesOf(from.schema.applied.filter(missingIn(after))),
    onlyTo: namesOf(to.schema.applied.filter(missingIn(before))),
    edited: namesOf(to.schema.applied.filter(({ name, sha256 }) => isOther(before?.get(name), sha256))),
    certain: from.schema.certain && to.schema.certain,
  };
}

/** Without a hash on one side nothing can be told of it. */
const isOther = (before: Digest | null | undefined, after: Digest | null): boolean =>
  before != null && after !== null && before !== after;

export interface PageDifference {
  /** Paths whose bytes differ, or that one of the two does not have; sorted. */
  readonly entries: readonly string[];
  readonly assets: readonly string[];
  /** Files that both have with the same bytes and role. */
  readonly same: number;
  /** Other pages answer where no file does. */
  readonly fallbackDiffers: boolean;
}

/** Null: that environment serves no pages. */
export function differingPages(from: WebFileList | null, to: WebFileList | null): PageDifference {
  const [there, back] = [diffWeb(from, to), diffWeb(to, from)];
  const pathsOf = (...files: readonly { readonly path: string }[]) =>
    [...new Set(files.map(({ path }) => path))].toSorted();
  return {
    entries: pathsOf(...there.changedEntries, ...there.removedEntries),
    assets: pathsOf(...there.newAssets, ...back.newAssets),
    same: there.unchanged,
    fallbackDiffers: (from?.fallback ?? null) !== (to?.fallback ?? null),
  };
}
