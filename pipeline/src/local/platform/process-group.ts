import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** Signals a whole process group; false when nothing of it is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: some of it is there, as another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** SIGTERM, a while for it to end by itself, then SIGKILL. Whoever follows the process ends what is left of its group. */
export async function endGroup(child: ChildProcess, exited: Promise<unknown>, graceSeconds: number): Promise<void> {
  const pid = child.pid;
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  const patience = new AbortController();
  const isOver = await Promise.race([
    exited.then(() => true),
    delay(graceSeconds * 1_000, false, { signal: patience.signal }).catch(() => true),
  ]);
  patience.abort();
  if (!isOver) signalGroup(pid, "SIGKILL");
  await exited;
}
