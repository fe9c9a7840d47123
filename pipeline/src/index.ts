/** The public surface of @slipway/pipeline. Adapters of one machine are in `@slipway/pipeline/local`. */
export * from "./codes.ts";
export { type BucketAddress, isBucketAddress, parseBucketAddress } from "./config/bucket-address.ts";
export type { Config } from "./config/config.ts";
export { type Detection, detectConfig } from "./config/detect.ts";
export { type ConfigProblem, configError, parseConfig } from "./config/load.ts";
export { nearestWord } from "./config/nearest-word.ts";
export { onThisMachine } from "./config/on-this-machine.ts";
export {
  differingImages,
  differingMigrations,
  differingPages,
  type EnvironmentHas,
  type ImageDifference,
  type MigrationDifference,
  type PageDifference,
} from "./environment/difference.ts";
export { type DoctorPorts, type Examination, examine, type Finding } from "./environment/doctor/examine.ts";
export { readTarget } from "./environment/read-target.ts";
export type { StoredTarget, Target } from "./environment/target.ts";
export * from "./errors.ts";
export type * from "./events.ts";
export * from "./identifiers.ts";
export { breakLease } from "./ledger/break-lease.ts";
export { liftHold, readHold, writeHold } from "./ledger/hold.ts";
export type { AcquireLease } from "./ledger/lease.ts";
export { type LeaseLook, readLease } from "./ledger/lease-look.ts";
export { awsTiming, type LeaseTiming, localTiming } from "./ledger/lease-timing.ts";
export { listEnvironments } from "./ledger/list-environments.ts";
export { BrokenChainError, readHistory, readStanding, type StoredRecord } from "./ledger/read-ledger.ts";
export {
  type FailureReport,
  type GoodRun,
  type Hold,
  type LedgerRecord,
  nothingYet,
  type PromotionRequest,
  type RecordBody,
  runningOf,
  type Standing,
  type StepReport,
} from "./ledger/records.ts";
export { type LeaseInHand, runUnderLease } from "./ledger/run-under-lease.ts";
export { verifyHistory } from "./ledger/verify-history.ts";
export { runnerResultMarker } from "./migration/result-marker.ts";
export { approve, revokeApproval, storeApprovals } from "./policy/approvals.ts";
export { countApprovals } from "./policy/count-approvals.ts";
export { decide, exitOf, isOvertaken } from "./policy/evaluate.ts";
export { freezesBetween } from "./policy/freeze.ts";
export { chooseRollback, mayComeBack, type RollbackChoice } from "./policy/last-good.ts";
export { longestOf, staysOf } from "./policy/occupancy.ts";
export type {
  Decision,
  Earliest,
  EnvironmentPolicy,
  Policy,
  Reason,
  RuleAnswer,
  StoredPolicy,
} from "./policy/policy.ts";
export { liftQuarantine, listQuarantined, quarantineRelease, readQuarantine } from "./policy/quarantine.ts";
export { count, countRunning, inWords, spellImages } from "./policy/spell.ts";
export { storedPolicyOf } from "./policy/stored-policy.ts";
export type * from "./ports.ts";
export { type Considered, consider } from "./promotion/consider.ts";
export { type Distance, distanceOf, type Facts } from "./promotion/facts.ts";
export { judgeWayBack, type WayBack } from "./promotion/judge-way-back.ts";
export { lookBack } from "./promotion/look-back.ts";
export { type EnvironmentState, type Plan, type Step, stepKinds } from "./promotion/plan.ts";
export { foundRelease } from "./promotion/plan-promotion.ts";
export { promote } from "./promotion/promote.ts";
export type { Ending, PromotionReport, StepOutcome } from "./promotion/report.ts";
export type { PromotionWorld } from "./promotion/run.ts";
export { seenOtherwise } from "./promotion/seen-otherwise.ts";
export { type Check, type LiveVerdict, verifyLive } from "./promotion/verify-live.ts";
export { withoutBlankEdges } from "./promotion/without-blank-edges.ts";
export type { BuildPorts, ImageShelf } from "./release/build-ports.ts";
export type { BuildEnd, BuiltEnd } from "./release/build-release.ts";
export { type CollectionAges, usualAges } from "./release/collection/ages.ts";
export { type CollectInput, type Collection, collect } from "./release/collection/collect.ts";
export { listDamagedReleases, listReleaseShas, listReleases } from "./release/list-releases.ts";
export type { StoredRelease } from "./release/manifest.ts";
export { imageWords } from "./release/parts-of-release.ts";
export { readPolicy } from "./release/publish-policy.ts";
export { readManifest, readRelease, readWebList } from "./release/read-release.ts";
export { type Verification, verifyRelease } from "./release/verify-release.ts";
export type { WebFileList } from "./web/file-list.ts";

// Loaded when it is called: it brings what reads HTML and scripts.
export const buildRelease: typeof import("./release/build-release.ts").buildRelease = async (ports, input, emit) =>
  (await import("./release/build-release.ts")).buildRelease(ports, input, emit);
export const buildIntoFolder: typeof import("./release/build-release.ts").buildIntoFolder = async (
  ports,
  input,
  emit,
) => (await import("./release/build-release.ts")).buildIntoFolder(ports, input, emit);
export const publishBuilt: typeof import("./release/publish-built.ts").publishBuilt = async (ports, input, emit) =>
  (await import("./release/publish-built.ts")).publishBuilt(ports, input, emit);

// Loaded when it is called: only where there is a page to write on.
export const loadComments = (): Promise<typeof import("./promotion/render/comments.ts")> =>
  import("./promotion/render/comments.ts");
