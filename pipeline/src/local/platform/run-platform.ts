import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { UsageCode } from "../../codes.ts";
import { UserError } from "../../errors.ts";
import type { ObjectStore } from "../../ports.ts";
import { readAddress } from "./address.ts";
import { ControlDoor } from "./control-door.ts";
import type { PlatformFolders } from "./folders.ts";
import type { Guard, Postgres } from "./machine.ts";
import { Platform } from "./platform.ts";
import { RecordedProcesses } from "./recorded-processes.ts";
import { becomeOwner } from "./single-owner.ts";
import { type Images, UnpackedImages } from "./unpacked-images.ts";

/** What the parent is told over the channel it opened; then it may leave. */
export type StartMessage =
  | { readonly status: "ready" }
  | { readonly status: "owned" }
  | {
      readonly status: "failed";
      readonly because: string;
      /** Of a mistake that a person can fix. */
      readonly code: UsageCode | null;
      readonly next: readonly string[];
    };
export interface Parts {
  readonly guard: Guard & AsyncDisposable;
  readonly postgres: Postgres;
  readonly images: Images;
  readonly store: ObjectStore;
}

/** Of this package; a test compares them. */
export const platformVersion = "0.1.0";

/** Hosts the environments of a folder until it is told to stop. Returns at once when another process does already. */
export async function runPlatform(folders: PlatformFolders, makeParts: () => Promise<Parts>): Promise<void> {
  try {
    const owner = await becomeOwner(folders.state);
    if (owner === null) return tellParent({ status: "owned" });
    await host(folders, owner.startedAt, makeParts);
    tellParent({ status: "ready" });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    tellParent(failureOf(error));
    process.exitCode = 1;
    // Whatever a half-made start holds open must not keep it alive.
    setTimeout(() => process.exit(1), 1_000).unref();
  }
}

function failureOf(error: unknown): StartMessage {
  const because = error instanceof Error ? error.message : String(error);
  const { code, next } = error instanceof UserError ? error : { code: null, next: [] };
  return { status: "failed", because, code, next };
}

async function host(folders: PlatformFolders, startedAt: string, makeParts: () => Promise<Parts>): Promise<void> {
  const say = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  for (const folder of [folders.environments, folders.processes]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const last = await readAddress(folders.addressFile);
  if (last) rmSync(dirname(last.socket), { recursive: true, force: true });
  const parts = await makeParts();
  const guard = new RecordedProcesses(folders.processes, parts.guard);
  await guard.endLeftovers();
  const images = new UnpackedImages(folders.unpacked, parts.images);
  await images.sweep(say);
  const machine = {
    guard,
    postgres: parts.postgres,
    store: parts.store,
    unpackImage: images.folderOf.bind(images),
  };

  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    void shutDown().catch((error: unknown) => {
      say(`stopping failed: ${String(error)}`);
      process.exit(1);
    });
  };
  const platform = new Platform({ folders, machine, version: platformVersion, onShutdown: () => setImmediate(stop) });
  const door = new ControlDoor(folders, startedAt, (call) => platform.handle(call));
  const shutDown = async () => {
    await door.close();
    await platform.shutDown();
    await parts.postgres.stop();
    await parts.guard[Symbol.asyncDispose]();
    door.remove();
    say("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // A fault in one request must not take every environment down with it.
  process.on("uncaughtException", (error) => say(`unexpected: ${error.stack ?? error.message}`));
  process.on("unhandledRejection", (error) =>
    say(`unexpected: ${error instanceof Error ? error.stack : String(error)}`),
  );

  await platform.restore(say);
  await door.open(say);
  say(`ready, pid ${process.pid}`);
}

function tellParent(message: StartMessage): void {
  if (!process.send || !process.connected) return;
  // The parent may be gone already; nobody is left to be told then.
  process.send(message, () => {
    if (process.connected) process.disconnect();
  });
}
