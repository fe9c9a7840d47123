import { connect } from "node:net";
import { join } from "node:path";
import { examined, type Finding, no, ok } from "../../environment/doctor/finding.ts";
import { platformFolders } from "../platform/folders.ts";
import { platformStatus } from "../platform-control.ts";
import { inspectCluster, waysOn } from "../postgres/inspect-cluster.ts";

const patienceMilliseconds = 2_000;

/**
 * Whether the files of the local databases are there, and whether the server of a running platform takes connections; where
 * none runs it starts with the platform.
 */
export async function examineDatabase(root: string): Promise<readonly Finding[]> {
  return await examined("database", async () => {
    const oddities = await inspectCluster(join(platformFolders(root).state, "postgres"));
    if (oddities.length > 0)
      return oddities.map(({ path, because }) => no("database", `${path} ${because}`, ...waysOn));
    const status = await platformStatus(root);
    if (status === null) return [];
    const { version, pid, port } = status.postgres;
    if (await answers(port)) return [ok("database", `Postgres ${version}, pid ${pid}, port ${port}`)];
    const text = `Postgres of the platform, pid ${pid}, does not answer on port ${port}`;
    return [no("database", text, "promote local stop", "promote local start", "promote local logs")];
  });
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: "127.0.0.1", port, timeout: patienceMilliseconds });
  const end = (answer: boolean): void => {
    socket.destroy();
    resolve(answer);
  };
  socket.once("connect", () => end(true));
  socket.once("timeout", () => end(false));
  socket.once("error", () => end(false));
  return promise;
}
