import type { CommitSummary, ImageDifference, MigrationDifference, PageDifference } from "@slipway/pipeline";
import type { EnvironmentRuns } from "../status/observe-environment.ts";

/** More than anybody reads. */
export const mostCommits = 1_000;

export interface Commits {
  /** Of the second environment's release and not of the first one's, oldest first; null: not known here. */
  readonly added: readonly CommitSummary[] | null;
  /** The other way round. */
  readonly lost: readonly CommitSummary[] | null;
}
/** How the files of two web releases differ, or why that cannot be told. */
export type Pages =
  | ({ readonly status: "known" } & PageDifference)
  | { readonly status: "unknown"; readonly because: string };

export interface Difference {
  readonly from: EnvironmentRuns;
  readonly to: EnvironmentRuns;
  readonly commits: Commits;
  readonly images: readonly ImageDifference[];
  readonly migrations: MigrationDifference;
  readonly pages: Pages;
  /** Where to read the commits; null: the repository is not on GitHub, or one environment runs nothing. */
  readonly url: string | null;
}

/** Null: what could be compared is the same, and a part could not be, or an environment is not as recorded. */
export function isSame({ from, to, images, migrations, pages }: Difference): boolean | null {
  const { onlyFrom, onlyTo, edited, certain } = migrations;
  if (images.length + onlyFrom.length + onlyTo.length + edited.length > 0) return false;
  if (pages.status === "known" && (pages.entries.length + pages.assets.length > 0 || pages.fallbackDiffers))
    return false;
  return certain && pages.status === "known" && [from, to].every(isAsRecorded) ? true : null;
}

/** What is compared is the record. */
export const isAsRecorded = ({ state }: EnvironmentRuns): boolean => state === "as-recorded" || state === "empty";

/** A part of what was asked could not be told. */
export const isUnknown = ({ migrations, pages }: Difference): boolean =>
  !migrations.certain || pages.status === "unknown";
