import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Set for everything that a guard's owner starts, so that it can be told after the owner's death. */
export const markVariable = "SLIPWAY_GUARD";
const rounds = 10;

/**
 * Kills every process that carries the mark: those that a killed owner had started and not yet named, and what they have started since. On Linux
 * alone; elsewhere a process that is started in the very moment of its owner's death stays.
 */
export async function sweep(mark: string): Promise<void> {
  if (process.platform !== "linux") return;
  for (let round = 0; round < rounds; round += 1) {
    const found = await marked(`${markVariable}=${mark}`);
    for (const pid of found) kill(pid);
    if (found.length === 0) return;
    await sleep(20);
  }
}

async function marked(entry: string): Promise<readonly number[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const pids = await Promise.all(
    names.map(async (name) => {
      // Of others it cannot be read, and of a zombie it is empty.
      const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
      return environment.split("\0").includes(entry) ? [Number(name)] : [];
    }),
  );
  return pids.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
