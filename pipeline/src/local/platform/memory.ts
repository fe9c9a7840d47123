import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Resident bytes by process id; a process that has ended is left out. */
export async function memoryOf(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (pids.length === 0) return new Map();
  return process.platform === "linux" ? fromProc(pids) : fromPs(pids);
}

async function fromProc(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
      return kibibytes === undefined ? [] : [[pid, Number(kibibytes) * 1_024] as const];
    }),
  );
  return new Map(found.flat());
}

async function fromPs(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const answer = await promisify(execFile)("ps", ["-o", "pid=,rss=", "-p", pids.join(",")]).catch(() => ({
    stdout: "",
  }));
  const lines = answer.stdout.trim().split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [pid = 0, kibibytes = 0] = line.trim().split(/\s+/).map(Number);
      return [pid, kibibytes * 1_024] as const;
    }),
  );
}
