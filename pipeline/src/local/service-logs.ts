import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { environmentNamePattern } from "../identifiers.ts";
import { platformFolders } from "./platform/folders.ts";

export interface ServiceLogInput {
  /** Folder of slipway.yaml. */
  readonly root: string;
  /** Null: of all. */
  readonly environment: string | null;
  readonly service: string | null;
  /** Goes on with what is written next, until the signal. */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}
export interface ServiceLogLine {
  readonly env: string;
  readonly service: string;
  /** As the service wrote it, after a time and the instance's id. */
  readonly text: string;
}

const pollMilliseconds = 200;
/** Of what was written before, this much is shown of each service. */
const tailBytes = 64 * 1024;

/** What services wrote, oldest first within a service. It reads files alone, so it works while the platform is down. */
export async function* serviceLogs(input: ServiceLogInput): AsyncGenerator<ServiceLogLine> {
  const readers = new Map<string, LogReader>();
  for (;;) {
    for (const { environment, service, path } of await logFiles(input)) {
      const reader = readers.get(path) ?? new LogReader(path);
      readers.set(path, reader);
      for (const text of await reader.read()) yield { env: environment, service, text };
    }
    if (!input.follow || input.signal?.aborted) return;
    await delay(pollMilliseconds, undefined, input.signal ? { signal: input.signal } : {}).catch(() => undefined);
  }
}

/** Services of any environment that have written. */
export async function servicesWithLogs(root: string): Promise<readonly string[]> {
  const files = await logFiles({ root, environment: null, service: null, follow: false });
  return [...new Set(files.map(({ service }) => service))];
}

async function logFiles(
  input: ServiceLogInput,
): Promise<readonly { environment: string; service: string; path: string }[]> {
  const { environments } = platformFolders(input.root);
  const names = (await readdir(environments).catch(() => []))
    .filter((name) => environmentNamePattern.test(name))
    .toSorted();
  const wanted = names.filter((name) => input.environment === null || name === input.environment);
  const found = await Promise.all(
    wanted.map(async (environment) => {
      const folder = join(environments, environment, "logs");
      const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".log")).toSorted();
      return files.map((file) => ({ environment, service: file.slice(0, -".log".length), path: join(folder, file) }));
    }),
  );
  return found.flat().filter(({ service }) => input.service === null || service === input.service);
}

/** Whole lines of a file that grows and is turned over when it is full. */
class LogReader {
  readonly #path: string;
  #inode = 0;
  #offset = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<readonly string[]> {
    const found = await stat(this.#path).catch(() => null);
    if (!found) return [];
    if (this.#inode === 0) this.#offset = Math.max(0, found.size - tailBytes);
    else if (found.ino !== this.#inode || found.size < this.#offset) this.#offset = 0;
    const isTail = this.#inode === 0 && this.#offset > 0;
    this.#inode = found.ino;
    const lines = (this.#rest + (await this.#readFrom(found.size))).split("\n");
    this.#rest = lines.pop() ?? "";
    // The first line of a tail is most likely half of one.
    return isTail ? lines.slice(1) : lines;
  }

  async #readFrom(size: number): Promise<string> {
    const file = await open(this.#path, "r");
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - this.#offset),
        0,
        size - this.#offset,
        this.#offset,
      );
      this.#offset += bytesRead;
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
