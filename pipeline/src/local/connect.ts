import type { Target } from "../environment/target.ts";
import { PortError } from "../errors.ts";
import type { EnvironmentPorts } from "../ports.ts";
import { ControlClient } from "./control-client.ts";
import { localImageRegistry } from "./image-registry.ts";
import { createImageStore } from "./image-store.ts";
import { platformFolders } from "./platform/folders.ts";
import { localProbe } from "./probe.ts";
import { localServiceRuntime } from "./service-runtime.ts";
import { type LocalSite, localSiteSchema } from "./site.ts";
import { localTaskRunner } from "./task-runner.ts";
import { localWebHost } from "./web-host.ts";

/** L of protocol §3 for the local target. */
const longestRequestMilliseconds = 500;

export interface ConnectLocalInput {
  /** Folder of slipway.yaml. */
  readonly root: string;
  /** The store, where it is not `.slipway` beside slipway.yaml. */
  readonly storeFolder?: string;
  readonly target: Target;
  /** Starts the platform again where it was killed under a promotion; absent: nothing is started, and calls end in a PortError. */
  readonly revive?: () => Promise<unknown>;
}

/** Ports of an environment on this machine. */
export async function connectLocal({
  root,
  storeFolder,
  target,
  revive,
}: ConnectLocalInput): Promise<EnvironmentPorts> {
  const { environment, url } = target;
  const parsed = localSiteSchema.safeParse(target.site);
  if (target.kind !== "local" || !parsed.success || url === null) {
    throw new PortError("connect", "none", `the target of ${environment} is not one of this machine`);
  }
  const folders = platformFolders(root, storeFolder);
  const client = new ControlClient(folders.addressFile, revive);
  const site: LocalSite = { client, environment, port: parsed.data.port };
  return {
    images: localImageRegistry(createImageStore(folders.images)),
    services: localServiceRuntime(site),
    tasks: localTaskRunner(site),
    web: localWebHost(site),
    probe: localProbe(url),
    async raiseFence(permit) {
      await client.order("raise-fence", { environment, port: site.port }, {}, permit);
    },
    longestRequestMilliseconds,
  };
}
