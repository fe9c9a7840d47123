import { type Difference, isSame, isUnknown } from "../diff/difference.ts";
import type { Document } from "../output.ts";
import type { EnvironmentRuns } from "../status/observe-environment.ts";

export interface DiffDocument extends Document {
  readonly kind: "diff";
  /** Null: what could be compared is the same, and a part could not be, or an environment is not as recorded. */
  readonly same: boolean | null;
  readonly exit: 0 | 7;
  readonly [field: string]: unknown;
}

export const diffDocument = (difference: Difference): DiffDocument => ({
  kind: "diff",
  version: 1,
  same: isSame(difference),
  from: sideDocument(difference.from),
  to: sideDocument(difference.to),
  commits: difference.commits,
  images: difference.images,
  migrations: difference.migrations,
  web: difference.pages,
  url: difference.url,
  exit: isUnknown(difference) ? 7 : 0,
});

const sideDocument = ({ env, runs, state, because, drift }: EnvironmentRuns): object => ({
  env,
  sha: runs?.sha ?? null,
  webSha: runs?.webSha ?? null,
  epoch: runs?.epoch ?? null,
  state,
  because,
  drift,
});
