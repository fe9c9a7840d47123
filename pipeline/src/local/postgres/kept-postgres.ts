import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { identify, isAlive, type ProcessIdentity } from "../guard/process-identity.ts";
import { checkCluster, markMade } from "./inspect-cluster.ts";
import { type LocalPostgres, type StartPostgresInput, startPostgres } from "./postgres.ts";

const lookMilliseconds = 500;
/** One that ends sooner after its start will end again. */
const stableMilliseconds = 5_000;
const longestWaitMilliseconds = 60_000;

/**
 * Milliseconds until the server is looked at again after another start: twice as many as before that start, `last`, while
 * servers end within five seconds, at most a minute; half a second again after one that has lived longer.
 */
export function waitAfterStart(last: number, livedMilliseconds: number): number {
  // What ended while nobody looked may have lived as long as the wait, and no longer.
  const isStable = livedMilliseconds >= stableMilliseconds + last;
  return isStable ? lookMilliseconds : Math.min(last * 2, longestWaitMilliseconds);
}

/**
 * As `startPostgres`, and started again, on the port that it had if that is free, whenever the server ends without having been told to: what
 * runs beside it lives longer than one server. `tell` hears of it.
 * @throws UserError `store-unusable` where its files are damaged or gone: an empty server in their place would be a false one
 */
export async function keepPostgres(input: StartPostgresInput, tell: (line: string) => void): Promise<LocalPostgres> {
  const server = await start(input);
  return new KeptPostgres(input, tell, server, await identify(server.pid));
}

async function start(input: StartPostgresInput): Promise<LocalPostgres> {
  await checkCluster(input.stateFolder);
  const server = await startPostgres(input).catch((cause: unknown) => {
    if (cause instanceof UserError) throw cause;
    const message = `${cause instanceof Error ? cause.message : String(cause)}. Nothing was changed.`;
    throw new UserError({ code: "store-unusable", message, next: ["promote doctor"], cause });
  });
  await markMade(input.stateFolder);
  return server;
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
      wait = waitAfterStart(wait, performance.now() - startedAt);
      startedAt = performance.now();
      await this.#startAgain().catch((error: unknown) =>
        this.#tell(`Postgres: ${String(error)}; tried again in ${Math.round(wait / 1000)} s`),
      );
    }
  }

  async #startAgain(): Promise<void> {
    const { pid } = this.#server;
    this.#server = await start(this.#input);
    this.#process = await identify(this.#server.pid);
    this.#input.guard?.forget(pid);
    this.#tell(`Postgres, pid ${pid}, has ended; pid ${this.pid} was started on port ${this.port}`);
  }
}
