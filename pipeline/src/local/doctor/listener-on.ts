import { readdir, readFile, readlink } from "node:fs/promises";

/** Of a line of /proc/net/tcp: its state (TCP_LISTEN, include/net/tcp_states.h). */
const listening = "0A";

/** Addresses that stand in the way of 127.0.0.1, as /proc writes them: that one, all, and the same two of IPv6. */
const inTheWay: ReadonlySet<string> = new Set([
  "0100007F",
  "00000000",
  "00000000000000000000000000000000",
  "0000000000000000FFFF00000100007F",
]);

/** The process that listens on a port of 127.0.0.1, on Linux; null: it cannot be told, as of another user's process. */
export async function listenerOn(port: number): Promise<{ readonly pid: number; readonly name: string } | null> {
  const sockets = new Set((await Promise.all(["tcp", "tcp6"].map((table) => socketsIn(table, port)))).flat());
  if (sockets.size === 0) return null;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const owns = await Promise.all(pids.map((pid) => hasOne(pid, sockets)));
  const pid = pids.find((_, at) => owns[at]);
  if (pid === undefined) return null;
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "a process");
  return { pid: Number(pid), name: name.trim() };
}

/** As links of a process name them. */
async function socketsIn(table: string, port: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = "", number = ""] = local.split(":");
    const isWanted = state === listening && inTheWay.has(address) && Number.parseInt(number, 16) === port;
    return isWanted ? [`socket:[${inode}]`] : [];
  });
}

async function hasOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")));
  return links.some((link) => sockets.has(link));
}
