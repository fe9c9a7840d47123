import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Whether this process is a Postgres that was started on this data folder, by its arguments. */
export async function runsOn(pid: number, data: string): Promise<boolean> {
  const words = process.platform === "linux" ? await argumentsInProc(pid) : await argumentsByPs(pid);
  return words.includes(`-D ${data} `);
}

/** A server's title is not changed: only its children rewrite theirs. */
const argumentsInProc = async (pid: number): Promise<string> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");

const argumentsByPs = (pid: number): Promise<string> =>
  promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)], { env: { PATH: "/bin:/usr/bin" } }).then(
    ({ stdout }) => stdout,
    () => "",
  );
