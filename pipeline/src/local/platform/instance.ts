import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Digest } from "../../identifiers.ts";
import type { TaskHealth, TaskLook } from "../../ports.ts";
import type { ServiceShape } from "../../release/manifest.ts";
import { http } from "../http.ts";
import { checkHealth } from "./health-check.ts";
import { eachLine, longestServiceLine } from "./line-log.ts";
import type { Guard } from "./machine.ts";
import { hideSecrets } from "./process-environment.ts";
import { endGroup, signalGroup } from "./process-group.ts";
import type { SealedFolder } from "./sealed-folder.ts";

export interface InstanceOrder {
  readonly shape: ServiceShape;
  readonly image: Digest;
  readonly files: SealedFolder;
  /** Null for a worker. */
  readonly port: number | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly guard: Guard;
  readonly log: (line: string) => void;
}

const keptLines = 20;
/** A secret that begins in what is kept of a line is read as a whole: half of one is not known as one. */
const longestRead = longestServiceLine + 16 * 1024;
/** Between two checks; a command costs a process each time. */
const pauses = {
  http: { starting: 100, routine: 2_000 },
  uptime: { starting: 100, routine: 2_000 },
  command: { starting: 500, routine: 10_000 },
} as const;
/** Routine checks that must fail one after the other before an instance that was healthy is replaced. */
const patience = 3;

/** One process of a service, in a group of its own, with its health. Ends with its process and is never started again. */
export class Instance {
  readonly id = randomBytes(8).toString("hex");
  readonly image: Digest;
  readonly port: number | null;
  /** Its own connections: they are closed when it drains. */
  readonly agent = new http.Agent({ keepAlive: true, maxFreeSockets: 64 });
  readonly startedAt = performance.now();
  health: TaskHealth = "starting";
  requestsServed = 0;
  inFlight = 0;
  /** Resolves with the reason when the process is gone. */
  readonly ended: Promise<string>;
  /** The last answer of the health check that was not "healthy". */
  complaint = "no health check was answered";
  readonly lastLines: string[] = [];
  readonly secrets: readonly string[];
  readonly #child: ChildProcess;
  readonly #order: InstanceOrder;
  readonly #onHealth: () => void;
  #isEnding = false;
  #healthyAt = Number.NEGATIVE_INFINITY;

  constructor(order: InstanceOrder, onHealth: () => void) {
    const [program = "", ...rest] = order.shape.run;
    this.#order = order;
    this.#onHealth = onHealth;
    this.image = order.image;
    this.port = order.port;
    this.secrets = order.secrets;
    this.#child = spawn(program, rest, {
      cwd: order.files.folder,
      env: { ...order.variables, ...order.guard.mark },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = this.#follow();
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }
  /** The program could not be executed at all. */
  get neverStarted(): boolean {
    return this.#child.pid === undefined;
  }

  /** As it is now. Of one that is healthy its files were looked at since it became so: what it changed as it started is seen. */
  async look(): Promise<TaskLook> {
    for (;;) {
      const since = this.#healthyAt;
      const edit = await this.#order.files.edited(since);
      if (since !== this.#healthyAt) continue;
      const { id, image, health } = this;
      return edit === null
        ? { id, image, health }
        : { id, image: edit.digest, health, edited: { image, path: edit.path } };
    }
  }

  /** Whether the files it was started from are other than the image's by now. */
  async isEdited(): Promise<boolean> {
    return (await this.#order.files.edited()) !== null;
  }

  /** No request of a page or API call is under way, or the time is over. */
  async drain(seconds: number): Promise<void> {
    this.health = "draining";
    const until = performance.now() + seconds * 1_000;
    while (this.inFlight > 0 && performance.now() < until) await delay(20);
    this.agent.destroy();
  }

  async end(graceSeconds: number): Promise<void> {
    this.#isEnding = true;
    this.health = "draining";
    await endGroup(this.#child, this.ended, graceSeconds);
  }

  async #follow(): Promise<string> {
    const { guard, log } = this.#order;
    const child = this.#child;
    const pid = child.pid;
    const take = (raw: string) => {
      const line = hideSecrets(raw, this.secrets).slice(0, longestServiceLine);
      this.lastLines.push(line);
      if (this.lastLines.length > keptLines) this.lastLines.shift();
      log(`${new Date().toISOString()} ${this.id.slice(0, 8)} ${line}`);
    };
    if (pid !== undefined) void guard.watch({ pid, group: true, signals: ["SIGTERM"] });
    const read = Promise.all(
      [child.stdout, child.stderr].map((stream) => stream && eachLine(stream, take, longestRead)),
    );
    const because = await new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(`${this.#order.shape.run[0]} did not start: ${error.message}`));
      child.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
    });
    if (pid !== undefined) {
      // What the process started must not outlive it; then nothing holds its output open.
      signalGroup(pid, "SIGKILL");
      guard.forget(pid);
    }
    await Promise.race([read, delay(1_000)]);
    this.agent.destroy();
    this.#isEnding = true;
    return because;
  }

  #turned(): void {
    if (this.health === "healthy") this.#healthyAt = performance.now();
    this.#onHealth();
  }

  /** Until it ends; to be called once whoever hears of its health knows it: that may be at once. */
  async watchHealth(): Promise<void> {
    const pause = pauses[this.#order.shape.health.kind];
    let failures = 0;
    while (!this.#isEnding) {
      const answer = await checkHealth({
        health: this.#order.shape.health,
        port: this.port,
        folder: this.#order.files.folder,
        variables: this.#order.variables,
        upSeconds: (performance.now() - this.startedAt) / 1_000,
      });
      if (this.#isEnding || this.health === "draining") return;
      failures = answer === null ? 0 : failures + 1;
      if (answer !== null) this.complaint = answer;
      const before = this.health;
      if (answer === null) this.health = "healthy";
      else if (this.health !== "starting" && failures >= patience) this.health = "unhealthy";
      if (this.health !== before) this.#turned();
      await delay(this.health === "starting" ? pause.starting : pause.routine);
    }
  }
}
