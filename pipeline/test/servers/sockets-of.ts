import { readdir, readFile, readlink } from "node:fs/promises";

/** Addresses at which a process listens over TCP, as the kernel tells it (hexadecimal, network order turned round). Linux alone. */
export async function listeningAddresses(pid: number): Promise<readonly string[]> {
  const mine = new Set(await inodesOf(pid));
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  return tables.flatMap((table) =>
    table.split("\n").flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      return state === "0A" && mine.has(inode) ? [local.split(":")[0] ?? ""] : [];
    }),
  );
}

/** 127.0.0.1, as the kernel writes it. */
export const loopback = "0100007F";

/** How many sockets it holds. */
export const countSockets = async (pid: number): Promise<number> => (await inodesOf(pid)).length;

async function inodesOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

/** Resident memory. */
export async function megabytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
