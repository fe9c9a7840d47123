import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify } from "../guard/process-identity.ts";
import { markVariable, sweep } from "../guard/sweep.ts";
import { terminate } from "../guard/terminate.ts";
import { writeDurably } from "./durable-file.ts";
import type { Guard } from "./machine.ts";

const graceMilliseconds = 5_000;
const markFile = "mark";

/**
 * A guard that also keeps on disk which groups run, and the mark of all that it starts, so that the next platform can make
 * sure that nothing of the last one is left, even when the guard's own process was killed with it. Only then may it say that
 * a task is over.
 */
export class RecordedProcesses implements Guard {
  readonly #folder: string;
  readonly #guard: Guard;

  get mark(): Guard["mark"] {
    return this.#guard.mark;
  }

  constructor(folder: string, guard: Guard) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#guard = guard;
  }

  async watch(order: { readonly pid: number; readonly group: boolean; readonly signals: readonly NodeJS.Signals[] }) {
    await this.#guard.watch(order);
    const identity = await identify(order.pid);
    if (identity) writeFileSync(this.#file(order.pid), identity.startedAt, { mode: 0o600 });
  }

  forget(pid: number): void {
    this.#guard.forget(pid);
    rmSync(this.#file(pid), { force: true });
  }

  /**
   * Ends every group that is on record and still runs; a process that has got such a number since is left alone. Then what the
   * last platform had started and not yet recorded when it was killed. To be called before anything is started.
   */
  async endLeftovers(): Promise<void> {
    const names = readdirSync(this.#folder);
    await Promise.all(
      names.filter(isNumber).map(async (name) => {
        const path = join(this.#folder, name);
        const startedAt = readFileSync(path, "utf8");
        await terminate({ pid: Number(name), startedAt, group: true, signals: ["SIGTERM"], graceMilliseconds });
        rmSync(path, { force: true });
      }),
    );
    const path = join(this.#folder, markFile);
    const last = names.includes(markFile) ? readFileSync(path, "utf8") : "";
    if (last !== "") await sweep(last);
    await writeDurably(path, this.mark[markVariable] ?? "");
  }

  #file(pid: number): string {
    return join(this.#folder, String(pid));
  }
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);
