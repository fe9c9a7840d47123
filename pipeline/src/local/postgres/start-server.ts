import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { identify, type ProcessIdentity } from "../guard/process-identity.ts";
import { terminate } from "../guard/terminate.ts";
import type { Account } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import { findFreePort } from "./free-port.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { runsOn } from "./runs-on.ts";
import { spawnServer } from "./server-process.ts";
import { superuser } from "./template.ts";

export interface RunningServer {
  readonly process: ProcessIdentity;
  readonly port: number;
}
interface StartContext {
  readonly binaries: PostgresBinaries;
  readonly cluster: Cluster;
  readonly account: Account | null;
  readonly fsync: boolean;
}

const patienceMilliseconds = 30_000;

/**
 * Brings a server up on the cluster, whatever is there: none, one that runs (adopted), one that answers no more (stopped),
 * the remains of a killed one. Postgres's own lock file decides between two starts at once: the second adopts.
 */
export async function startServer(context: StartContext): Promise<RunningServer> {
  const deadline = performance.now() + patienceMilliseconds;
  let problem = "it did not get ready";
  while (performance.now() < deadline) {
    const running = await adopt(context, deadline);
    if (running !== null) return running;
    const started = await launch(context, deadline);
    if ("port" in started) return started;
    problem = started.problem;
    await sleep(50);
  }
  throw new Error(`the local Postgres does not start: ${problem}; its log is ${context.cluster.log}`);
}

/** The server that runs on the cluster already; null when there is none, or none any more. */
async function adopt(context: StartContext, deadline: number): Promise<RunningServer | null> {
  const { data } = context.cluster;
  for (let waits = 0; ; waits += 1) {
    const file = await readPostmasterFile(data);
    if (file === null) return null;
    const owner = await identify(file.pid);
    if (owner === null) return null;
    if (!(await runsOn(owner.pid, data))) {
      // The number of a killed server, given to somebody else since: Postgres would refuse to start for ever.
      await rm(join(data, "postmaster.pid"), { force: true });
      return null;
    }
    if (file.ready && file.port !== null && (await fits(context, file.port)))
      return { process: owner, port: file.port };
    // A server that starts or recovers gets its time; one that is up and does not fit, or never gets up, is stopped.
    if (file.ready || performance.now() > deadline - patienceMilliseconds / 3) {
      await terminate({ ...owner, group: false, signals: ["SIGINT", "SIGQUIT"], graceMilliseconds: 5_000 });
      return null;
    }
    await sleep(Math.min(5 + waits, 50));
  }
}

/** It takes our password, serves this very data folder, runs these binaries' version and is set as asked. */
async function fits({ binaries, cluster, fsync }: StartContext, port: number): Promise<boolean> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: superuser,
    password: cluster.password,
    database: "template1",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('data_directory') as data, current_setting('fsync') as fsync, current_setting('server_version') as version",
    );
    const [found] = rows as { data: string; fsync: string; version: string }[];
    return found?.data === cluster.data && found.fsync === (fsync ? "on" : "off") && found.version === binaries.version;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function launch(
  { binaries, cluster, account, fsync }: StartContext,
  deadline: number,
): Promise<RunningServer | { readonly problem: string }> {
  const port = await findFreePort(Number(await readFile(cluster.port, "utf8").catch(() => "")) || null);
  const child = await spawnServer(binaries, cluster, account, { port, fsync });
  const process = child.pid === undefined ? null : await identify(child.pid);
  while (child.exitCode === null && child.signalCode === null && process !== null && performance.now() < deadline) {
    const file = await readPostmasterFile(cluster.data);
    if (file?.pid === process.pid && file.ready) {
      await writeFile(cluster.port, String(port));
      return { process, port };
    }
    await sleep(2);
  }
  if (process !== null) {
    await terminate({ ...process, group: false, signals: ["SIGINT", "SIGQUIT"], graceMilliseconds: 5_000 });
  }
  return { problem: await lastWords(cluster.log) };
}

const lastWords = async (log: string): Promise<string> =>
  (await readFile(log, "utf8").catch(() => "")).trim().split("\n").at(-1) ?? "it wrote nothing";
