import { once } from "node:events";
import { createServer } from "node:net";
import { examined, type Finding, no, ok } from "../../environment/doctor/finding.ts";
import { PortError } from "../../errors.ts";
import type { EnvironmentName } from "../../identifiers.ts";
import { codeOf } from "../file-error.ts";
import { isAlive } from "../guard/process-identity.ts";
import { platformFolders } from "../platform/folders.ts";
import { ownerOf } from "../platform/single-owner.ts";
import { platformStatus } from "../platform-control.ts";
import { listenerOn } from "./listener-on.ts";

export interface WantedPort {
  readonly name: EnvironmentName;
  readonly port: number;
}

/** Whether each environment is served on its port of 127.0.0.1 already, or could be: nobody else listens there. */
export async function examinePorts(root: string, wanted: readonly WantedPort[]): Promise<readonly Finding[]> {
  return await examined("ports", async () => {
    const open = await openEnvironments(root);
    // Of a platform that cannot be asked it is not known which ports are its own.
    if (open === null) return [];
    const own = new Set(open);
    const findings: Finding[] = [];
    for (const { name, port } of wanted) {
      const because = own.has(`${name} ${port}`) ? null : await whyTaken(port);
      if (because !== null)
        findings.push(no("ports", `${name} is to be served on 127.0.0.1:${port}: ${because}`, ...next));
    }
    return findings.length > 0 ? findings : [ok("ports", wanted.map(({ port }) => port).join(", "))];
  });
}

const next: readonly string[] = [
  "end that program, or run promote local stop in the folder whose platform it is",
  "or set local.port in slipway.yaml to another number",
];

/** Environment and port of each; null: a platform runs, and its address is lost. */
async function openEnvironments(root: string): Promise<readonly string[] | null> {
  const status = await platformStatus(root);
  if (status !== null) return status.environments.map(({ env, url }) => `${env} ${Number(new URL(url).port)}`);
  const owner = await ownerOf(platformFolders(root).state);
  return owner !== null && (await isAlive(owner)) ? null : [];
}

/** Null: it can be listened on. @throws PortError for what says nothing of the port */
async function whyTaken(port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen({ host: "127.0.0.1", port, exclusive: true });
    await once(server, "listening");
    return null;
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "EACCES") return "the system does not let you listen on that port";
    if (code !== "EADDRINUSE") throw new PortError("listen", "none", `127.0.0.1:${port}`, { cause });
    const who = await listenerOn(port);
    return `${who === null ? "another program" : `${who.name}, pid ${who.pid},`} listens there`;
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}
