import { setTimeout as sleep } from "node:timers/promises";
import { hasLivingMember } from "./process-group.ts";
import { lookUp, type ProcessIdentity, sameStart } from "./process-identity.ts";

/** A process, or the process group that it leads, and how it is asked to end. */
export interface Watched extends ProcessIdentity {
  readonly group: boolean;
  /** Sent one after another, each after the grace of the one before; SIGKILL follows when it is not among them. */
  readonly signals: readonly NodeJS.Signals[];
  readonly graceMilliseconds: number;
}

/** Ends it, and returns once nothing of it runs. A process that has got its number since is never signalled. */
export async function terminate(watched: Watched): Promise<void> {
  for (const signal of withKill(watched.signals)) {
    if (!(await stillRuns(watched))) return;
    send(watched, signal);
    if (await endsWithin(watched, signal === "SIGKILL" ? 5_000 : watched.graceMilliseconds)) return;
  }
}

const withKill = (signals: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] =>
  signals.includes("SIGKILL") ? signals : [...signals, "SIGKILL"];

async function stillRuns(watched: Watched): Promise<boolean> {
  const leader = await lookUp(watched.pid);
  // While a group has members its number is not given to a new process: another process there means the group is gone.
  if (leader !== null && !sameStart(watched, leader)) return false;
  return watched.group ? hasLivingMember(watched.pid) : leader !== null && !leader.zombie;
}

async function endsWithin(watched: Watched, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  for (let pause = 2; ; pause = Math.min(pause * 2, 50)) {
    if (!(await stillRuns(watched))) return true;
    if (performance.now() >= deadline) return false;
    await sleep(pause);
  }
}

function send(watched: Watched, signal: NodeJS.Signals): void {
  try {
    process.kill(watched.group ? -watched.pid : watched.pid, signal);
  } catch (error) {
    // ESRCH: it ended between the look and the signal. EPERM: not ours to end; the caller's wait tells.
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}
