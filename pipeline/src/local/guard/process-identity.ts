import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** On Linux the boot, the namespace of process numbers and ticks since then, a date elsewhere: only equality means anything. */
  readonly startedAt: string;
}

/** Who runs under this number now; null when nobody does, or only a zombie that waits to be reaped. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const found = await lookUp(pid);
  return found === null || found.zombie ? null : { pid, startedAt: found.startedAt };
}

/** Whether that very process still runs; false when the number was given to another one. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const found = await identify(identity.pid);
  return found !== null && sameStart(identity, found);
}

type Start = Pick<ProcessIdentity, "startedAt">;

/**
 * Whether both mean the same start. A platform that was started before boots were told apart recorded its ticks alone, which
 * are the last word of ours: it may still run, and must not be taken for dead.
 */
export function sameStart(recorded: Start, found: Start): boolean {
  if (recorded.startedAt === found.startedAt) return true;
  return /^\d+$/.test(recorded.startedAt) && found.startedAt.endsWith(` ${recorded.startedAt}`);
}

/** Whether process numbers mean here what they meant where this was made: not in another container, and not after a reboot. */
export async function isOfThisMachine({ startedAt }: ProcessIdentity): Promise<boolean> {
  return process.platform !== "linux" || startedAt.startsWith(`${await processTable()} `);
}

let table: Promise<string> | null = null;
/** Machines and containers may share a name; no two share this. */
function processTable(): Promise<string> {
  table ??= Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "no-boot"),
    readlink("/proc/self/ns/pid").catch(() => "no-namespace"),
  ]).then((parts) => parts.map((part) => part.trim()).join(" "));
  return table;
}

/** As `identify`, but a zombie counts: as long as it is there its number, and that of its group, is not given again. */
export async function lookUp(pid: number): Promise<{ startedAt: string; zombie: boolean } | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return process.platform === "linux" ? lookUpInProc(pid) : lookUpWithPs(pid);
}

async function lookUpInProc(pid: number): Promise<{ startedAt: string; zombie: boolean } | null> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  const fields = fieldsAfterName(stat);
  // proc(5): state is field 3 and starttime field 22; the name before them may hold spaces and parentheses.
  const ticks = fields[19];
  if (ticks === undefined) return null;
  return { startedAt: `${await processTable()} ${ticks}`, zombie: fields[0] === "Z" || fields[0] === "X" };
}

/** Fields of /proc/<pid>/stat from the third on. */
export const fieldsAfterName = (stat: string): readonly string[] =>
  stat
    .slice(stat.lastIndexOf(")") + 2)
    .trim()
    .split(" ");

async function lookUpWithPs(pid: number): Promise<{ startedAt: string; zombie: boolean } | null> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
    });
    const [state = "", ...started] = stdout.trim().split(/\s+/);
    return started.length === 0 ? null : { startedAt: started.join(" "), zombie: state.startsWith("Z") };
  } catch {
    return null;
  }
}
