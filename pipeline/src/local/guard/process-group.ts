import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { fieldsAfterName } from "./process-identity.ts";

/** Whether any process of the group still runs; zombies do not count, though a signal to them "succeeds". */
export async function hasLivingMember(group: number): Promise<boolean> {
  return process.platform === "linux" ? hasLivingMemberInProc(group) : hasLivingMemberByPs(group);
}

async function hasLivingMemberInProc(group: number): Promise<boolean> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => null);
    if (stat === null) continue;
    const [state, , processGroup] = fieldsAfterName(stat);
    if (processGroup === String(group) && state !== "Z" && state !== "X") return true;
  }
  return false;
}

async function hasLivingMemberByPs(group: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pgid=,state="], {
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
  });
  return stdout.split("\n").some((line) => {
    const [processGroup, state = "Z"] = line.trim().split(/\s+/);
    return processGroup === String(group) && !state.startsWith("Z");
  });
}
