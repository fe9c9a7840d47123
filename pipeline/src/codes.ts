/**
 * The closed lists of what Slipway answers with (experience.md §4). A code never changes its meaning; `promote help <code>`
 * explains each.
 */

/** Exit codes of the CLI; the last column of the table in experience.md §4. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  failed: 4,
  busy: 5,
  partial: 6,
  unknown: 7,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

interface RefusalTraits {
  /** An environment may allow `--override <code>` for it. */
  readonly overridable: boolean;
  /** The rule is asked of a rollback too. */
  readonly appliesToRollback: boolean;
  /** A promotion already recorded was asked this once, when its plan was recorded; it does not refuse to finish it. */
  readonly onceOnly: boolean;
}
const safety = { overridable: false, appliesToRollback: true, onceOnly: false } as const;
const forwardSafety = { overridable: false, appliesToRollback: false, onceOnly: false } as const;
const permission = { overridable: true, appliesToRollback: false, onceOnly: true } as const;

export const refusals = {
  "release-missing": safety,
  "release-corrupt": safety,
  "release-foreign": safety,
  attestation: forwardSafety,
  quarantined: safety,
  order: permission,
  soak: permission,
  ancestry: permission,
  "never-ran": { ...safety, onceOnly: true },
  freeze: permission,
  approval: permission,
  held: { overridable: false, appliesToRollback: false, onceOnly: true },
  partial: { overridable: true, appliesToRollback: false, onceOnly: false },
  interrupted: { overridable: false, appliesToRollback: false, onceOnly: false },
  drifted: { overridable: true, appliesToRollback: false, onceOnly: true },
  "drops-service": permission,
  alarm: permission,
  "migration-breaks": forwardSafety,
  "migration-unsafe": { overridable: true, appliesToRollback: false, onceOnly: true },
  "migration-undeclared": forwardSafety,
  "migration-diverged": forwardSafety,
  "schema-incompatible": safety,
  "target-missing": safety,
  "target-mismatch": safety,
  account: safety,
  "image-unavailable": safety,
  "web-collision": forwardSafety,
  "plan-moved": safety,
  "lease-held": safety,
  superseded: safety,
} as const satisfies Record<string, RefusalTraits>;
export type RefusalCode = keyof typeof refusals;

/** Refusals of `promote build` and `publish` (exit 3). `web-collision` is asked there too. */
export const buildRefusals = ["tree-dirty", "build-differs", "web-broken", "web-collision", "path-unsafe"] as const;
export type BuildRefusalCode = (typeof buildRefusals)[number];

/** What was tried and did not work, with the exit code it leads to when the way back worked. */
export const failures = {
  "build-failed": 4,
  "migration-failed": 4,
  "migration-timeout": 4,
  "migration-not-started": 4,
  "service-not-started": 4,
  "service-unhealthy": 4,
  "rolled-back": 4,
  "digest-mismatch": 4,
  "smoke-failed": 4,
  "web-mismatch": 4,
  "publish-failed": 4,
  superseded: 5,
  "lease-lost": 7,
  "revert-failed": 6,
  "could-not-tell": 7,
  "record-failed": 7,
} as const;
export type FailureCode = keyof typeof failures;

/** A person can fix the call, the file or the credentials (exit 2). No mutating call was made. */
export const usageCodes = [
  "usage",
  "sha-malformed",
  "sha-short",
  "sha-ambiguous",
  "env-unknown",
  "config-missing",
  "config-invalid",
  "config-exists",
  "engine-too-old",
  "credentials",
  "not-a-repository",
  "node-too-old",
  "override-not-allowed",
  "reason-missing",
  "port-taken",
  "store-unusable",
] as const;
export type UsageCode = (typeof usageCodes)[number];
