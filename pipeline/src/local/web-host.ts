import { DeposedError } from "../errors.ts";
import type { WebHost } from "../ports.ts";
import type { WebFile } from "../web/file-list.ts";
import { pollMilliseconds } from "./service-runtime.ts";
import type { LocalSite } from "./site.ts";

/** Files named in one call, so that no call comes near the longest body. */
const filesPerCall = 10_000;

/** Pages of an environment, served by the local platform from a pool and a pointer. */
export const localWebHost = ({ client, environment, port }: LocalSite): WebHost => {
  const site = { environment, port };
  return {
    pollMilliseconds,
    readLive: () => client.ask<"read-live-web">({ call: "read-live-web", environment }),
    async missing(files) {
      const missing: string[] = [];
      const clashing: string[] = [];
      for (const some of inParts(files)) {
        const answer = await client.ask<"missing-assets">({ call: "missing-assets", environment, files: some });
        missing.push(...answer.missing);
        clashing.push(...answer.clashing);
      }
      return { missing, clashing };
    },
    async addAssets(files, permit) {
      for (const some of inParts(files)) await client.order("add-assets", site, { files: some }, permit);
    },
    raiseFence: (permit) => client.order("fence-web", site, {}, permit).catch(movedIfDeposed),
    switchTo: (web, permit) => client.order("switch-web", site, { web }, permit).catch(movedIfDeposed),
    // The platform keeps no copy of a page, so it asks for no path: a long list of them would only be refused.
    async invalidate(_paths, key, permit) {
      await client.order("invalidate-web", site, { paths: [], key }, permit);
    },
    isInvalidated: (key) => client.ask<"is-invalidated">({ call: "is-invalidated", environment, key }),
  };
};

const inParts = (files: readonly WebFile[]): readonly WebFile[][] =>
  Array.from({ length: Math.ceil(files.length / filesPerCall) }, (_, n) =>
    files.slice(n * filesPerCall, (n + 1) * filesPerCall),
  );

function movedIfDeposed(error: unknown): "moved" {
  if (error instanceof DeposedError) return "moved";
  throw error;
}
