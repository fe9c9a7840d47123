import { createServer } from "node:http";
import { join } from "node:path";
import { HostedWeb } from "../../pipeline/src/local/platform/hosted-web.ts";
import { StateKeeper } from "../../pipeline/src/local/platform/state-keeper.ts";
import type { ObjectStore, WebHost } from "../../pipeline/src/ports.ts";
import { environment } from "./bench-repository.ts";

export interface WebHostHere extends AsyncDisposable {
  readonly web: WebHost;
}

/** The local platform's own web host in this process, so that what it asks of the store is counted too. */
export async function openWebHost(folder: string, port: number, store: ObjectStore): Promise<WebHostHere> {
  const keeper = await StateKeeper.open(join(folder, "state.json"), environment, port);
  const hosted = await HostedWeb.open(keeper, store, folder);
  const server = createServer((incoming, answer) => {
    hosted.serve(incoming, answer, incoming.url ?? "/").catch(() => answer.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    web: {
      pollMilliseconds: 10,
      readLive: async () => hosted.look(),
      missing: async (files) => hosted.compare(files),
      addAssets: (files) => hosted.add(files),
      raiseFence: (permit) => hosted.raiseFence(permit.epoch),
      switchTo: (web, permit) => hosted.switchTo(web, permit.epoch),
      invalidate: (_paths, key) => hosted.invalidate(key),
      isInvalidated: async (key) => hosted.isInvalidated(key),
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
