import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KillsApp, type Release } from "./kills-app.ts";
import { LedgerCheck } from "./ledger-check.ts";
import { type Found, familyOf, type Home, listProcesses, type Process, readProcess, strangersIn } from "./processes.ts";
import { readLedger, readWorld } from "./read-world.ts";
import { signal } from "./strikes.ts";
import { Trace } from "./trace.ts";
import { type Claim, problemsOf, problemsOfClaims } from "./world-check.ts";

/** A command's whole life is shorter than this, whatever is done to it or to others. */
const hungMilliseconds = 180_000;
/** Processes that are asked to end get this long to be gone. */
const settleMilliseconds = 15_000;

export interface Ended {
  readonly exit: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: what it printed is only looked at
  readonly document: any;
  readonly stderr: string;
}
export interface Running {
  readonly process: Process | null;
  readonly child: ChildProcess;
  readonly trace: Trace;
  readonly ended: Promise<Ended>;
}

/** One scratch app on its own platform and databases: commands are started in it, and it is looked at from outside. */
export class KillsWorld {
  readonly app: KillsApp;
  readonly claims: Claim[] = [];
  readonly #root: string;
  readonly #guards: Process[] = [];
  /** Of all that its commands printed. */
  readonly #faults: string[] = [];
  #ledger = new LedgerCheck();
  #home: Home;

  private constructor(app: KillsApp) {
    this.app = app;
    this.#root = realpathSync(app.tiny.folder);
    this.#home = { root: this.#root, data: "/nowhere" };
  }

  static async make(): Promise<KillsWorld> {
    return new KillsWorld(await KillsApp.make());
  }

  get #objects(): string {
    return join(this.#root, ".slipway/objects");
  }
  get #environment(): string {
    return join(this.#objects, "environments/dev");
  }

  /** What runs of it now; guards are remembered, for nothing else tells whose they were once they are alone. */
  family(): readonly Found[] {
    const family = familyOf(listProcesses(), this.#home, this.#guards);
    for (const one of family) {
      if (one.role === "guard" && !this.#guards.some(({ pid }) => pid === one.pid)) this.#guards.push(one);
    }
    return family;
  }

  /** The databases lie elsewhere: the postmaster that the platform has started says where. */
  findDatabases(): void {
    const platform = this.family().find(({ role }) => role === "platform");
    const postmaster = listProcesses().find(
      ({ parent, words }) => parent === platform?.pid && (words[0] ?? "").endsWith("/postgres"),
    );
    const data = postmaster?.words[postmaster.words.indexOf("-D") + 1];
    if (data === undefined) throw new Error("the platform has started no Postgres");
    this.#home = { root: this.#root, data };
  }

  /** Starts a command and follows what it does. */
  start(args: readonly string[], onMark: (name: string) => void = () => undefined): Running {
    const child = this.app.tiny.start(...args, "--events");
    const trace = new Trace(child, this.#environment, onMark);
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    const exited = once(child, "exit");
    const ended = (async (): Promise<Ended> => {
      const [exit] = (await Promise.race([exited, this.#patience(child)])) as [number | null];
      await trace.read;
      trace[Symbol.dispose]();
      const { document } = trace;
      this.#faults.push(...trace.faults);
      const isWhole = document?.kind !== undefined;
      if (isWhole && document.kind === "promotion")
        this.claims.push({ ending: document.ending, epoch: document.epoch });
      return { exit, document: isWhole ? document : null, stderr };
    })();
    return { child, trace, ended, process: child.pid === undefined ? null : readProcess(child.pid) };
  }

  async run(args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** What is not as it must be now that nothing is under way and this release was the last to end well. */
  async check(wanted: Release, everything = false): Promise<readonly string[]> {
    const strangers = await this.#settle();
    if (everything) this.#ledger = new LedgerCheck();
    readLedger(this.#environment, this.#ledger);
    const told = await this.#read(wanted);
    return [
      ...strangers,
      ...this.#faults,
      ...this.#ledger.problems,
      ...told,
      ...problemsOfClaims(this.claims, this.#ledger),
    ];
  }

  /** A server that was killed a moment ago may not answer yet. */
  async #read(wanted: Release): Promise<readonly string[]> {
    const place = { url: this.app.url, objects: this.#objects, environment: this.#environment };
    const until = performance.now() + settleMilliseconds;
    for (;;) {
      try {
        return problemsOf(await readWorld(place, wanted, this.family()), wanted, this.#ledger);
      } catch (error) {
        if (performance.now() > until) return [`the world cannot be read: ${String(error)}`];
        await sleep(100);
      }
    }
  }

  /** `history --verify`; null: whole. */
  async verify(): Promise<string | null> {
    const { exit, stdout, stderr } = await this.app.tiny.promote("history", "--verify", "--json");
    return exit === 0 ? null : `history --verify: exit ${exit} ${stdout}${stderr}`;
  }

  /** Nothing of it is left, whatever was wrong with it. */
  async remove(): Promise<void> {
    for (const one of this.family().filter(({ role }) => role === "command")) signal(one, "SIGKILL");
    await this.app.tiny.remove();
    for (const one of this.family()) signal(one, "SIGKILL");
  }

  /** Waits until only those run that should. */
  async #settle(): Promise<readonly string[]> {
    const until = performance.now() + settleMilliseconds;
    for (;;) {
      const strangers = strangersIn(this.family());
      if (strangers.length === 0 || performance.now() > until) return strangers;
      await sleep(50);
    }
  }

  async #patience(child: ChildProcess): Promise<[string]> {
    await sleep(hungMilliseconds, undefined, { ref: false });
    child.kill("SIGCONT");
    child.kill("SIGKILL");
    return ["hung"];
  }
}
