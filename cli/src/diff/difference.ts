import type { CommitSummary, ImageDifference, MigrationDifference, PageDifference } from "@slipway/pipeline";
import type { EnvironmentLook } from "../status/observe-environment.ts";

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
  readonly from: EnvironmentLook;
  readonly to: EnvironmentLook;
  readonly commits: Commits;
  readonly images: readonly ImageDifference[];
  readonly migrations: MigrationDifference;
  readonly pages: Pages;
  /** Where to read the commits; null: the repository is not on GitHub, or one environment runs nothing. */
  readonly url: string | null;
}

/** Null: what could be compared is the same, and a part could not be. */
export function isSame({ images, migrations, pages }: Difference): boolean | null {
  const { onlyFrom, onlyTo, edited } = migrations;
  if (images.length + onlyFrom.length + onlyTo.length + edited.length > 0) return false;
  return pages.status === "unknown" ? null : pages.entries.length + pages.assets.length === 0;
}
