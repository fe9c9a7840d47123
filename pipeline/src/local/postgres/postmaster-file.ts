import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a running server says of itself in its data folder (miscadmin.h, LOCK_FILE_LINE_*). */
export interface PostmasterFile {
  readonly pid: number;
  /** Null until it has opened it. */
  readonly port: number | null;
  readonly ready: boolean;
}

/** Null: no server has started on this folder since the last clean stop. The file outlives a server that was killed. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => null);
  if (text === null) return null;
  const [pid = "", , , port = "", , , , status = ""] = text.split("\n");
  if (!/^\d+$/.test(pid)) return null;
  return { pid: Number(pid), port: /^\d+$/.test(port) ? Number(port) : null, ready: status.trim() === "ready" };
}
