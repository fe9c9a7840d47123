import type { Digest, EnvironmentName } from "../identifiers.ts";

/** Where a task template lies: named by the hash of its bytes, kept for ever, since going back leads to exactly what ran. */
export const templateKey = (environment: EnvironmentName, digest: Digest): string =>
  `environments/${environment}/templates/${digest.slice("sha256:".length)}.json`;
