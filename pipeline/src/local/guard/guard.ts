import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { identify } from "./process-identity.ts";
import { markVariable } from "./sweep.ts";
import type { Watched } from "./terminate.ts";

interface WatchOrder {
  readonly pid: number;
  /** The pid leads a process group (spawned `detached`), and all of it is to end. */
  readonly group: boolean;
  /** Sent one after another; SIGKILL comes last in any case. Services: SIGTERM. Postgres: SIGINT, SIGQUIT. */
  readonly signals: readonly NodeJS.Signals[];
  /** Between two signals; 5 s unless told. */
  readonly graceMilliseconds?: number;
}

/** Ends what it watches when this process ends, also by SIGKILL. Disposing it ends everything still watched. */
export interface ProcessGuard extends AsyncDisposable {
  /** Of the guard's own process; it changes when somebody kills it and it is started again. */
  readonly pid: number;
  /** For the environment of everything that is to end with us: it then does so even if we are killed before `watch`. */
  readonly mark: Readonly<Record<string, string>>;
  /** Resolves once the order survives our death; a process that has ended already is not watched. */
  watch(order: WatchOrder): Promise<void>;
  /** Call it when the process has ended: nothing of that number is signalled any more. */
  forget(pid: number): void;
}

/** Starts the guard's process. @throws when Node cannot be started */
export async function startGuard(): Promise<ProcessGuard> {
  const guard = new Guard();
  await guard.start();
  return guard;
}

const program = (): string => {
  const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const candidates = [beside("./guard-process.js"), beside("./guard-process.ts")];
  return candidates.find((file) => existsSync(file)) ?? beside("./guard-process.js");
};

class Guard implements ProcessGuard {
  readonly #watched = new Map<number, Watched>();
  #child: ChildProcess | null = null;
  #disposed = false;
  #restarts = 0;
  readonly mark = { [markVariable]: randomUUID() };

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    // Detached: a signal to our process group (Ctrl-C) must not reach it. The pipe is closed by the kernel when we die.
    const child = spawn(process.execPath, [program()], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      cwd: "/",
      env: {},
    });
    await Promise.race([once(child, "spawn"), once(child, "error").then(([error]) => Promise.reject(error))]);
    this.#child = child;
    child.stdin?.on("error", () => undefined); // EPIPE: it was killed; "exit" starts another
    child.on("exit", () => void this.#replace());
    child.unref();
    if (child.stdin !== null && "unref" in child.stdin) (child.stdin as unknown as { unref(): void }).unref();
    await this.#send({ mark: this.mark[markVariable] });
    await Promise.all([...this.#watched.values()].map((watch) => this.#send({ watch })));
  }

  async watch(order: WatchOrder): Promise<void> {
    const identity = await identify(order.pid);
    if (identity === null) return;
    const { group, signals, graceMilliseconds = 5_000 } = order;
    const watch: Watched = { ...identity, group, signals, graceMilliseconds };
    this.#watched.set(order.pid, watch);
    await this.#send({ watch });
  }

  forget(pid: number): void {
    this.#watched.delete(pid);
    void this.#send({ forget: pid });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, "exit");
    await this.#send({ mark: null });
    child.stdin?.end();
    await exited;
  }

  async #replace(): Promise<void> {
    if (this.#disposed) return;
    // Whoever kills it again and again shall not make us spin.
    this.#restarts += 1;
    if (this.#restarts > 1) await new Promise((resolve) => setTimeout(resolve, Math.min(50 * this.#restarts, 1_000)));
    if (!this.#disposed) await this.start().catch(() => this.#replace());
  }

  /** Resolves when the bytes are in the kernel's buffer, which outlives us; a guard that is gone gets them at its restart. */
  #send(line: unknown): Promise<void> {
    return new Promise((resolve) => {
      const stdin = this.#child?.stdin;
      if (stdin?.writable !== true) return resolve();
      stdin.write(`${JSON.stringify(line)}\n`, () => resolve());
    });
  }
}
