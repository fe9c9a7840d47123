import type { IncomingMessage, ServerResponse } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/identifiers.ts";
import { readTarget } from "../../src/local/platform/request-path.ts";
import { serveWeb } from "../../src/local/platform/serve-web.ts";
import type { WebPool } from "../../src/local/platform/web-pool.ts";
import type { WebSite } from "../../src/local/platform/web-site.ts";
import { entriesOf } from "../../src/web/file-list.ts";
import { arbitraryHeaders, arbitraryRelease, arbitraryUri } from "./arbitrary-releases.ts";
import type { EdgeRequest } from "./edge.ts";
import { permitOf, type SampleRelease, WebWorld } from "./web-world.ts";

/** What the local platform answers: its own code, told by etags, so that no file is opened. */
async function askLocal(
  { method, uri, headers }: EdgeRequest,
  live: SampleRelease | null,
  pool: ReadonlyMap<string, Digest>,
): Promise<Digest | number> {
  const target = readTarget(uri);
  if (target.status === "refused") return 400;
  const site: WebSite | null = live && {
    revision: live.revision,
    entries: new Map(entriesOf(live.list).map((file) => [file.path, file.sha256])),
    fallback: live.list.fallback,
  };
  const known = [...(site?.entries.values() ?? []), ...pool.values()].map((digest) => `"${digest.slice(7)}"`);
  const incoming = { method, headers: { ...headers, "if-none-match": known.join(",") }, resume: () => undefined };
  let said: Digest | number = 0;
  const answer = {
    setHeader: () => undefined,
    writeHead: (status: number, fields: { readonly etag?: string }) => {
      said = fields.etag === undefined ? status : (`sha256:${fields.etag.slice(1, -1)}` as Digest);
      return answer;
    },
    end: () => undefined,
  };
  const files = { assetAt: (path: string) => pool.get(path) ?? null };
  await serveWeb(
    incoming as unknown as IncomingMessage,
    answer as unknown as ServerResponse,
    target.path,
    site,
    files as unknown as WebPool,
  );
  return said;
}

/** A request may be refused for two reasons at once. */
const refusal = (answer: Digest | number): Digest | number => (answer === 405 ? 400 : answer);

describe("a URL", () => {
  test("is answered with the same file at the edge and on the local platform, whatever was live before", async () => {
    const history = fc.array(fc.option(arbitraryRelease, { freq: 6 }), { minLength: 1, maxLength: 4 });
    const request = fc.record({
      method: fc.constantFrom("GET", "GET", "GET", "HEAD", "POST"),
      uri: arbitraryUri,
      headers: arbitraryHeaders,
    });
    await fc.assert(
      fc.asyncProperty(history, fc.array(request, { minLength: 20, maxLength: 40 }), async (releases, requests) => {
        const world = new WebWorld("pointer");
        const host = world.host();
        const pool = new Map<string, Digest>();
        let live: SampleRelease | null = null;
        for (const [index, one] of [null, ...releases].entries()) {
          if (one) {
            await world.publish(one.files, one.release);
            await world.promote(host, live, one.release, index);
            for (const { role, path, sha256 } of one.release.list.files) if (role === "asset") pool.set(path, sha256);
          } else if (index > 0) await host.switchTo(null, permitOf(index));
          live = one?.release ?? null;
          for (const asked of requests)
            expect([asked, refusal(await world.ask(asked))]).toEqual([
              asked,
              refusal(await askLocal(asked, live, pool)),
            ]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
