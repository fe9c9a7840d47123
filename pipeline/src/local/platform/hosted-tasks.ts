import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { longestResult } from "../../migration/parse-result.ts";
import { runnerResultMarker } from "../../migration/result-marker.ts";
import type { TaskState } from "../../ports.ts";
import type { TaskRecord } from "./desired-state.ts";
import { readIfThere } from "./durable-file.ts";
import { eachLine, longestServiceLine, RotatingLog } from "./line-log.ts";
import type { Guard } from "./machine.ts";
import { hideSecrets } from "./process-environment.ts";
import { endGroup, signalGroup } from "./process-group.ts";
import type { StateKeeper } from "./state-keeper.ts";

export interface TaskProcess {
  readonly key: string;
  readonly image: TaskRecord["image"];
  readonly command: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const stopGraceSeconds = 10;
/** The log of a task is kept up to so many characters; what comes after is left out, but for its result. */
const longestLog = 8 * 1024 * 1024;
const linesPerAnswer = 1_000;
const taskName = "task";

/** One-off tasks of an environment. A key is on disk before its process starts, and never starts a second one. */
export class HostedTasks {
  readonly #keeper: StateKeeper;
  readonly #folder: string;
  readonly #guard: Guard;
  readonly #running = new Map<string, { readonly child: ChildProcess; readonly ended: Promise<void> }>();

  constructor(keeper: StateKeeper, folder: string, guard: Guard) {
    this.#keeper = keeper;
    this.#folder = folder;
    this.#guard = guard;
  }

  /** After the platform was killed: what ran then is over, and nobody knows how it ended. */
  async recover(): Promise<void> {
    const cut = Object.values(this.#keeper.current.tasks).filter((task) => task.status !== "stopped");
    for (const task of cut) {
      await this.#set({
        ...task,
        status: "stopped",
        exitCode: null,
        because: "the platform ended while this task was under way",
      });
    }
  }

  knows(key: string): boolean {
    return Object.hasOwn(this.#keeper.current.tasks, key);
  }

  /** The caller has asked `knows` under the environment's lock. */
  async start(task: TaskProcess): Promise<void> {
    const record: TaskRecord = { key: task.key, image: task.image, status: "pending", because: "", exitCode: null };
    await this.#set(record);
    const child = spawnTask(task, this.#guard.mark);
    if (child instanceof Error) {
      return this.#set({ ...record, status: "stopped", because: `it did not start: ${child.message}` });
    }
    const ended = this.#follow(child, record, task.secrets).finally(() => this.#running.delete(task.key));
    this.#running.set(task.key, { child, ended });
    await this.#set({ ...record, status: "running" });
  }

  inspect(key: string): TaskState | null {
    const task = this.knows(key) ? this.#keeper.current.tasks[key] : undefined;
    if (!task) return null;
    return task.status === "stopped"
      ? { status: "stopped", because: task.because, containers: [{ name: taskName, exitCode: task.exitCode }] }
      : { status: task.status };
  }

  async log(key: string, from: number): Promise<{ lines: readonly string[]; complete: boolean }> {
    // The state is asked first: a task that is over has written all of its lines.
    const isOver = this.inspect(key)?.status === "stopped";
    const text = (await readIfThere(this.#logPath(key))) ?? "";
    const all = text.split("\n").slice(0, -1);
    const lines = all.slice(from, from + linesPerAnswer);
    return { lines, complete: isOver && from + lines.length >= all.length };
  }

  async stop(key: string): Promise<void> {
    const running = this.#running.get(key);
    if (running) void endGroup(running.child, running.ended, stopGraceSeconds);
  }

  async shutDown(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ child, ended }) => endGroup(child, ended, stopGraceSeconds)));
  }

  pids(): readonly number[] {
    return [...this.#running.values()].flatMap(({ child }) => (child.pid === undefined ? [] : [child.pid]));
  }

  #set(task: TaskRecord): Promise<void> {
    return this.#keeper.change((state) => ({ ...state, tasks: { ...state.tasks, [task.key]: task } }));
  }
  /** Keys are told apart by case; file systems need not. */
  #logPath(key: string): string {
    return join(this.#folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.log`);
  }

  async #follow(child: ChildProcess, record: TaskRecord, secrets: readonly string[]): Promise<void> {
    const log = new TaskLog(this.#logPath(record.key));
    const take = (line: string) => log.append(hideInLine(line, secrets));
    const { pid } = child;
    if (pid !== undefined) void this.#guard.watch({ pid, group: true, signals: ["SIGTERM"] });
    const read = Promise.all(
      [child.stdout, child.stderr].map((stream) => stream && eachLine(stream, take, longestResult)),
    );
    const ending = await new Promise<Pick<TaskRecord, "exitCode" | "because">>((resolve) => {
      child.once("error", (error) => resolve({ exitCode: null, because: `it did not start: ${error.message}` }));
      child.once("exit", (code, signal) => resolve(signal ? killedBy(signal) : exitedWith(code ?? 0)));
    });
    if (pid !== undefined) {
      signalGroup(pid, "SIGKILL");
      this.#guard.forget(pid);
    }
    await Promise.race([read, delay(1_000)]);
    log.end();
    await this.#set({ ...record, status: "stopped", ...ending });
  }
}

const leftOut = `(the log is longer than ${longestLog} characters; but for a result the rest was left out)`;

/**
 * What one task says, up to a size. The last line with the marker tells the result of a migration that may have been
 * committed: it is kept whole, whatever was said before it.
 */
class TaskLog {
  readonly #log: RotatingLog;
  #characters = 0;
  #result: string | null = null;

  constructor(path: string) {
    this.#log = new RotatingLog(path, Number.POSITIVE_INFINITY);
  }

  append(line: string): void {
    const isResult = line.startsWith(runnerResultMarker);
    const kept = isResult ? line : line.slice(0, longestServiceLine);
    const before = this.#characters;
    this.#characters += kept.length + 1;
    if (this.#characters <= longestLog) this.#log.append(kept);
    else if (isResult) this.#result = line;
    if (before <= longestLog && this.#characters > longestLog) this.#log.append(leftOut);
  }

  /** To be called before the task is said to be over: whoever reads the log then reads all of it. */
  end(): void {
    if (this.#result !== null) this.#log.append(this.#result);
    this.#result = null;
  }
}

/** What the arguments themselves make impossible is thrown at once; anything else is told as an event. */
function spawnTask(task: TaskProcess, mark: Guard["mark"]): ChildProcess | Error {
  const [program = "", ...rest] = task.command;
  try {
    return spawn(program, rest, {
      cwd: task.folder,
      env: { ...task.variables, ...mark },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const exitedWith = (exitCode: number) => ({ exitCode, because: exitCode === 0 ? "it ended" : `exit code ${exitCode}` });
/**
 * In the result of a migration only what was said is hidden: a migration, too, may be called as a value of the file is, and
 * what was applied is told by names.
 */
function hideInLine(line: string, secrets: readonly string[]): string {
  if (!line.startsWith(runnerResultMarker)) return hideSecrets(line, secrets);
  try {
    const said = (name: string, value: unknown): unknown =>
      typeof value === "string" && ["message", "statement"].includes(name) ? hideSecrets(value, secrets) : value;
    return runnerResultMarker + JSON.stringify(JSON.parse(line.slice(runnerResultMarker.length)), said);
  } catch {
    return hideSecrets(line, secrets);
  }
}

/** As a shell and a container runtime say it. */
const killedBy = (signal: NodeJS.Signals) => ({
  exitCode: 128 + (constants.signals[signal] ?? 0),
  because: `ended by ${signal}`,
});
