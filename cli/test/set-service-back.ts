import { join } from "node:path";
import { type EnvironmentName, readManifest, readStanding, readTarget, type ServiceName } from "@slipway/pipeline";
import { connectLocal, FileObjectStore } from "@slipway/pipeline/local";

/** Puts a service on the release that ran before this one, past the ledger: as somebody with a console would. */
export async function setServiceBack(root: string, env: string, service: string): Promise<void> {
  const environment = env as EnvironmentName;
  const store = new FileObjectStore(join(root, ".slipway/objects"));
  const [standing, target] = [await readStanding(store, environment), await readTarget(store, environment)];
  const runs = standing.good[0];
  const before = standing.good.find(({ sha }) => sha !== runs?.sha);
  const revision = before?.state.services[service];
  const look = before && (await readManifest(store, before.sha));
  const shape =
    look?.status === "found"
      ? look.release.manifest.services.find(({ name }) => name === (service as ServiceName))
      : undefined;
  if (!target || !revision || !shape) throw new Error(`${env} has run no other release`);
  const { services } = await connectLocal({ root, target: target.target });
  const { signal } = new AbortController();
  const permit = { environment, epoch: standing.epoch, signal, check: () => undefined };
  await services.prepare(shape, revision, permit);
  await services.roll(shape, revision, permit);
}
