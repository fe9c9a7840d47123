/** The adapters of one machine, and what its CLI asks of them. */

export { openBuiltFolder } from "./built-folder.ts";
export { systemClock } from "./clock.ts";
export { commitOfRef } from "./commit-of-ref.ts";
export { connectLocal } from "./connect.ts";
export { examineDisk } from "./doctor/examine-disk.ts";
export { examineFiles } from "./doctor/examine-files.ts";
export { type ProcessGuard, startGuard } from "./guard/guard.ts";
export { identify, isAlive, isOfThisMachine } from "./guard/process-identity.ts";
export { createImageBuilder } from "./image-builder.ts";
export { createImageStore } from "./image-store.ts";
export { lookAtRepository } from "./look-at-repository.ts";
export { FileObjectStore } from "./object-store.ts";
export { originUrl } from "./origin-url.ts";
export { type PlatformFolders, platformFolders } from "./platform/folders.ts";
export { isLoopbackHost } from "./platform/request-path.ts";
export { systemRandom } from "./random.ts";
export { serviceLogs, servicesWithLogs } from "./service-logs.ts";
export { openRepository, type Repository, sourceControlIn } from "./source-control.ts";
export { ensureLocalTarget, localPort, localUrl } from "./target.ts";

type Control = typeof import("./platform-control.ts");
type DatabaseUrl = typeof import("./database-url.ts");
type Bundle = typeof import("../migration/runner/bundle.ts");

// Loaded when they are called: a command that only reads starts in half the time without Postgres and its like.
export const startPlatform: Control["startPlatform"] = async (input) =>
  (await import("./platform-control.ts")).startPlatform(input);
export const stopPlatform: Control["stopPlatform"] = async (root) =>
  (await import("./platform-control.ts")).stopPlatform(root);
export const purgePlatform: Control["purgePlatform"] = async (root, check) =>
  (await import("./platform-control.ts")).purgePlatform(root, check);
export const platformStatus: Control["platformStatus"] = async (root) =>
  (await import("./platform-control.ts")).platformStatus(root);
export const loadRunnerBundle: Bundle["loadRunnerBundle"] = async (engine) =>
  (await import("../migration/runner/bundle.ts")).loadRunnerBundle(engine);
export const examineDatabase: typeof import("./doctor/examine-database.ts").examineDatabase = async (root) =>
  (await import("./doctor/examine-database.ts")).examineDatabase(root);
export const examinePlatform: typeof import("./doctor/examine-platform.ts").examinePlatform = async (root) =>
  (await import("./doctor/examine-platform.ts")).examinePlatform(root);
export const examinePorts: typeof import("./doctor/examine-ports.ts").examinePorts = async (root, wanted) =>
  (await import("./doctor/examine-ports.ts")).examinePorts(root, wanted);
export const localDatabaseUrl: DatabaseUrl["localDatabaseUrl"] = async (root, environment) =>
  (await import("./database-url.ts")).localDatabaseUrl(root, environment);
