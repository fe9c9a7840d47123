import { type Difference, isSame, isUnknown } from "../diff/difference.ts";
import type { EnvironmentRuns } from "../status/observe-environment.ts";
import type { DiffDocument } from "./schemas/diff.ts";

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

const sideDocument = ({ env, runs, state, because, drift }: EnvironmentRuns): DiffDocument["from"] => ({
  env,
  sha: runs?.sha ?? null,
  webSha: runs?.webSha ?? null,
  epoch: runs?.epoch ?? null,
  state,
  because,
  drift,
});
