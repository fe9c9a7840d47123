import { type Difference, isSame } from "../diff/difference.ts";
import type { Document } from "../output.ts";
import type { EnvironmentLook } from "../status/observe-environment.ts";

export interface DiffDocument extends Document {
  readonly kind: "diff";
  /** Null: what could be compared is the same, and a part could not be. */
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
  exit: difference.pages.status === "unknown" ? 7 : 0,
});

const sideDocument = ({ env, runs, subject, state, because, drift }: EnvironmentLook): object => ({
  env,
  sha: runs?.sha ?? null,
  webSha: runs?.webSha ?? null,
  subject,
  epoch: runs?.epoch ?? null,
  state,
  because,
  drift,
});
