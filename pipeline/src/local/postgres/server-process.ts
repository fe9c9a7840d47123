import { type ChildProcess, spawn } from "node:child_process";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import { postgresEnvironment } from "./run-program.ts";

/**
 * Starts a server that outlives neither its stop nor (by the guard) us. It leads a process group of its own, so that a
 * Ctrl-C of ours is not a fast shutdown of it.
 */
export async function spawnServer(
  binaries: PostgresBinaries,
  cluster: Cluster,
  account: Account | null,
  options: { readonly port: number; readonly fsync: boolean },
): Promise<ChildProcess> {
  // Opened by us, inherited by it: an unprivileged server needs no right to the folder of its log.
  const log = await open(cluster.log, (await isLong(cluster.log)) ? "w" : "a", 0o600);
  try {
    const child = spawn(
      join(binaries.folder, "bin", "postgres"),
      ["-D", cluster.data, ...settings(options).flatMap((setting) => ["-c", setting])],
      { cwd: cluster.data, env: postgresEnvironment, stdio: ["ignore", log.fd, log.fd], detached: true, ...account },
    );
    await new Promise((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

const settings = ({ port, fsync }: { readonly port: number; readonly fsync: boolean }): readonly string[] => [
  "listen_addresses=127.0.0.1",
  `port=${port}`,
  "unix_socket_directories=",
  // The backend of a client that was killed ends at once, with its locks, not at the end of its statement
  // (facts/reliability-performance.md §0.6: 6 s against a quarter).
  "client_connection_check_interval=250ms",
  `fsync=${fsync ? "on" : "off"}`,
  ...(fsync ? [] : ["synchronous_commit=off", "full_page_writes=off"]),
  "max_connections=200",
  "shared_buffers=32MB",
  "timezone=UTC",
  "log_timezone=UTC",
];

const isLong = (file: string): Promise<boolean> =>
  stat(file).then(
    ({ size }) => size > 5_000_000,
    () => false,
  );
