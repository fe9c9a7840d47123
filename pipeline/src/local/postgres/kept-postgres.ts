import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "../guard/process-identity.ts";
import { type LocalPostgres, type StartPostgresInput, startPostgres } from "./postgres.ts";

const lookMilliseconds = 500;
/** One that ends sooner after its start will end again: each next start waits twice as long as the one before. */
const stableMilliseconds = 5_000;
const longestWaitMilliseconds = 60_000;

/**
 * As `startPostgres`, and started again, on the port that it had if that is free, whenever the server ends without having been told to: what
 * runs beside it lives longer than one server. `tell` hears of it.
 */
export async function keepPostgres(input: StartPostgresInput, tell: (line: string) => void): Promise<LocalPostgres> {
  const server = await startPostgres(input);
  return new KeptPostgres(input, tell, server, await identify(server.pid));
}

class KeptPostgres implements LocalPostgres {
  readonly #input: StartPostgresInput;
  readonly #tell: (line: string) => void;
  readonly #stopping = new AbortController();
  readonly #kept: Promise<void>;
  #server: LocalPostgres;
  /** Null: it had ended before it could be looked at. */
  #process: ProcessIdentity | null;

  constructor(
    input: StartPostgresInput,
    tell: (line: string) => void,
    server: LocalPostgres,
    process: ProcessIdentity | null,
  ) {
    this.#input = input;
    this.#tell = tell;
    this.#server = server;
    this.#process = process;
    this.#kept = this.#keep();
  }

  get port(): number {
    return this.#server.port;
  }
  get pid(): number {
    return this.#server.pid;
  }
  get version(): string {
    return this.#server.version;
  }
  url(database: string): string {
    return this.#server.url(database);
  }
  ensureDatabase(name: string): Promise<void> {
    return this.#server.ensureDatabase(name);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#kept;
    await this.#server.stop();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    let wait = lookMilliseconds;
    let startedAt = performance.now();
    while (!signal.aborted) {
      await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      if (this.#process !== null && (await isAlive(this.#process))) {
        if (performance.now() - startedAt > stableMilliseconds) wait = lookMilliseconds;
        continue;
      }
      const isQuick = performance.now() - startedAt < stableMilliseconds + wait;
      wait = isQuick ? Math.min(wait * 2, longestWaitMilliseconds) : lookMilliseconds;
      startedAt = performance.now();
      await this.#startAgain().catch((error: unknown) =>
        this.#tell(`Postgres: ${String(error)}; tried again in ${Math.round(wait / 1000)} s`),
      );
    }
  }

  async #startAgain(): Promise<void> {
    const { pid } = this.#server;
    this.#server = await startPostgres(this.#input);
    this.#process = await identify(this.#server.pid);
    this.#input.guard?.forget(pid);
    this.#tell(`Postgres, pid ${pid}, has ended; pid ${this.pid} was started on port ${this.port}`);
  }
}
