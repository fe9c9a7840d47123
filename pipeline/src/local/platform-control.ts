import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { rm, stat, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import { ControlClient } from "./control-client.ts";
import { codeOf } from "./file-error.ts";
import { isAlive, type ProcessIdentity } from "./guard/process-identity.ts";
import { livingAddress, type PlatformAddress, readAddress } from "./platform/address.ts";
import { type PlatformFolders, platformFolders } from "./platform/folders.ts";
import { findLostPlatform } from "./platform/lost-platform.ts";
import type { StartMessage } from "./platform/run-platform.ts";
import { ownerOf } from "./platform/single-owner.ts";
import type { PlatformStatus } from "./platform/status.ts";
import { removePostgres } from "./postgres/postgres.ts";

export interface StartPlatformInput {
  /** Folder of slipway.yaml. */
  readonly root: string;
  /** The store, where it is not `.slipway` beside slipway.yaml. */
  readonly storeFolder?: string;
  /** Opened (and so served) before this returns. */
  readonly environments: readonly { readonly name: EnvironmentName; readonly port: number }[];
  /** Program of the platform; the one beside this file unless told. */
  readonly entry?: string;
}
export interface StartedPlatform {
  readonly pid: number;
  /** False: one ran already and was used. */
  readonly started: boolean;
}

/** What it needs itself or hands on to services: where programs, files and times are. */
const keptForPlatform =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LC_.*|XDG_.*|LD_LIBRARY_PATH|NODE_COMPILE_CACHE|NODE_V8_COVERAGE)$/;
const startSeconds = 60;
/** One that was there before us has written its address by then, or has lost it. */
const reachableSeconds = 20;
const stopSeconds = 60;
const logBytes = 1024 * 1024;
const shownLines = 15;

/**
 * Makes sure that the platform of a folder runs and serves these environments. Two calls at once end with one platform.
 * @throws UserError `port-taken`; Error with the platform's last log lines when it does not come up
 */
export async function startPlatform(input: StartPlatformInput): Promise<StartedPlatform> {
  const folders = platformFolders(input.root, input.storeFolder);
  const living = await livingAddress(folders.addressFile);
  const address = living ?? (await launch(folders, input));
  const client = new ControlClient(folders.addressFile);
  try {
    for (const { name, port } of input.environments) {
      await client.ask<"open">({ call: "open", environment: name, port });
    }
  } catch (error) {
    if (!living) await stopThose(folders, [address, await ownerOf(folders.state)]);
    throw error;
  }
  return { pid: address.pid, started: !living };
}

/** Stops it with all it runs; what was wanted and stored stays on disk. False: it did not run. */
export async function stopPlatform(root: string): Promise<boolean> {
  const folders = platformFolders(root);
  // After its state was removed a start of another one may have failed, and left an owner that is dead.
  const known = [await livingAddress(folders.addressFile), await ownerOf(folders.state)];
  return await stopThose(folders, [...known, await findLostPlatform(folders.root)]);
}

async function stopThose(folders: PlatformFolders, platforms: readonly (ProcessIdentity | null)[]): Promise<boolean> {
  let isRunning = false;
  for (const platform of platforms) {
    if (platform === null || !(await isAlive(platform))) continue;
    await shutDown(folders, platform);
    isRunning = true;
  }
  // One that was killed has left its socket's folder behind.
  const left = await readAddress(folders.addressFile);
  if (left) rmSync(dirname(left.socket), { recursive: true, force: true });
  // A promotion under way starts a platform again that was killed: this one was stopped.
  if (left && !(await isAlive(left))) rmSync(folders.addressFile, { force: true });
  return isRunning;
}

/**
 * Stops the platform and removes its state and its databases. `check` throws where that may not go on: it is asked before each of these.
 * False: it did not run. @throws UserError where somebody has started it again meanwhile, or a file cannot be removed
 */
export async function purgePlatform(root: string, check: () => void = () => undefined): Promise<boolean> {
  const { state } = platformFolders(root);
  check();
  const wasRunning = await stopPlatform(root);
  check();
  const owner = await ownerOf(state);
  if (owner && (await isAlive(owner))) throw startedMeanwhile(owner.pid);
  if (!existsSync(state)) return wasRunning;
  try {
    await removePostgres(join(state, "postgres"));
    check();
    await rm(state, { recursive: true, force: true });
  } catch (error) {
    throw notRemoved(error);
  }
  return wasRunning;
}

const startedMeanwhile = (pid: number): UserError =>
  new UserError({
    code: "store-unusable",
    message: `the platform was started again meanwhile, pid ${pid}; what its environments stored stays`,
    next: ["promote local stop --purge"],
  });

function notRemoved(error: unknown): unknown {
  if (!["EACCES", "EPERM", "EROFS", "EBUSY"].includes(codeOf(error) ?? "")) return error;
  const message = `not everything that the environments stored could be removed: ${(error as Error).message}`;
  return new UserError({ code: "store-unusable", message, next: ["promote local stop --purge"] });
}

/** Null: it does not run. */
export async function platformStatus(root: string): Promise<PlatformStatus | null> {
  const folders = platformFolders(root);
  if ((await livingAddress(folders.addressFile)) === null) return null;
  return new ControlClient(folders.addressFile).ask<"status">({ call: "status" });
}

async function shutDown(folders: PlatformFolders, platform: ProcessIdentity): Promise<void> {
  await new ControlClient(folders.addressFile)
    .ask<"shutdown">({ call: "shutdown" })
    // One that is still on its way up has no address yet, but it can be told to end.
    .catch(() => signal(platform.pid, "SIGTERM"));
  const until = performance.now() + stopSeconds * 1_000;
  while (await isAlive(platform)) {
    // Its guard ends everything that it ran, however it ends.
    if (performance.now() > until) signal(platform.pid, "SIGKILL");
    await delay(20);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function launch(folders: PlatformFolders, input: StartPlatformInput): Promise<PlatformAddress> {
  mkdirSync(folders.state, { recursive: true });
  const message = await spawnPlatform(folders, input);
  if (message.status === "failed") throw failedStart(message, folders);
  // "owned": another start was first, and its platform may still be on its way up.
  const until = performance.now() + startSeconds * 1_000;
  const unreachable = performance.now() + reachableSeconds * 1_000;
  while (performance.now() < until) {
    const address = await livingAddress(folders.addressFile);
    if (address) return address;
    const owner = await ownerOf(folders.state);
    if (owner && !(await isAlive(owner))) break;
    if (owner && message.status === "owned" && performance.now() > unreachable) throw lostAddress(folders, owner.pid);
    await delay(20);
  }
  throw new Error(`the local platform did not come up${lastLines(folders)}`);
}

const lostAddress = (folders: PlatformFolders, pid: number): UserError =>
  new UserError({
    code: "store-unusable",
    message: `a platform of this folder runs, pid ${pid}, and ${folders.addressFile} does not tell where it is reached. Nothing was changed.`,
    next: ["promote local stop, then the same command"],
  });

async function spawnPlatform(folders: PlatformFolders, input: StartPlatformInput): Promise<StartMessage> {
  await keepLogShort(folders.log);
  const log = openSync(folders.log, "a", 0o600);
  const child = spawn(
    process.execPath,
    [input.entry ?? entryFile(), folders.root, ...(input.storeFolder ? [input.storeFolder] : [])],
    { detached: true, stdio: ["ignore", log, log, "ipc"], cwd: folders.root, env: ownVariables() },
  );
  closeSync(log);
  const patience = new AbortController();
  try {
    return await Promise.race([
      once(child, "message").then(([message]) => message as StartMessage),
      once(child, "exit").then(() => failed("it ended at once")),
      once(child, "error").then(([error]) => failed(String(error))),
      delay(startSeconds * 1_000, undefined, { signal: patience.signal }).then(() => {
        child.kill("SIGKILL");
        return failed(`it was not ready within ${startSeconds} s`);
      }),
    ]);
  } finally {
    patience.abort();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

type FailedStart = Extract<StartMessage, { status: "failed" }>;
const failed = (because: string): FailedStart => ({ status: "failed", because, code: null, next: [] });

function failedStart({ because, code, next }: FailedStart, folders: PlatformFolders): Error {
  return code === null
    ? new Error(`the local platform did not start: ${because}${lastLines(folders)}`)
    : new UserError({ code, message: because, next });
}

/** The source in a checkout, the built file in a package. */
function entryFile(): string {
  const beside = ["./platform/main.ts", "./platform-main.js", "./platform/main.js"]
    .map((name) => fileURLToPath(new URL(name, import.meta.url)))
    .find((path) => existsSync(path));
  if (!beside) throw new Error("the platform's program is not in this package");
  return beside;
}

/** The platform outlives the command that starts it, and must carry none of what that one was called with. */
const ownVariables = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => keptForPlatform.test(name)));

async function keepLogShort(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logBytes) await truncate(path, 0);
}

function lastLines({ log }: PlatformFolders): string {
  const lines = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").slice(-shownLines) : [];
  return lines.length === 0 ? "" : `\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
