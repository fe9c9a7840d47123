import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { cacheControlOf, contentTypeOf, mayBePage } from "../../web/media-type.ts";
import { sayPlainly } from "./proxy.ts";
import { webPathOf } from "./request-path.ts";
import type { WebPool } from "./web-pool.ts";
import { findFile, type ServedFile, type WebSite } from "./web-site.ts";

/** Answers one request with a file. `site` was looked up once for it: a switch half way changes nothing here. */
export async function serveWeb(
  incoming: IncomingMessage,
  answer: ServerResponse,
  path: string,
  site: WebSite | null,
  pool: WebPool,
): Promise<void> {
  incoming.resume();
  if (incoming.method !== "GET" && incoming.method !== "HEAD") {
    answer.setHeader("allow", "GET, HEAD");
    return sayPlainly(answer, 405, `${incoming.method} is not for pages`);
  }
  const name = webPathOf(path);
  if (name.status === "refused") return sayPlainly(answer, 400, name.because);
  const file = findFile(site, pool, name.path, isNavigation(incoming, name.path));
  if (!file) return sayPlainly(answer, 404, site ? "not found" : "nothing is live here yet");
  await sendFile(incoming, answer, file, pool);
}

function isNavigation(incoming: IncomingMessage, path: string): boolean {
  if (!(incoming.headers.accept ?? "").includes("text/html")) return false;
  const destination = incoming.headers["sec-fetch-dest"];
  if (destination !== undefined && destination !== "document" && destination !== "iframe") return false;
  return mayBePage(path);
}

async function sendFile(
  incoming: IncomingMessage,
  answer: ServerResponse,
  file: ServedFile,
  pool: WebPool,
): Promise<void> {
  const etag = `"${file.digest.slice("sha256:".length)}"`;
  const headers = {
    "cache-control": cacheControlOf[file.kind],
    etag,
    "x-content-type-options": "nosniff",
  };
  if (incoming.headers["if-none-match"]?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag)) {
    answer.writeHead(304, headers);
    answer.end();
    return;
  }
  // A link in the place of the bytes would lead out of the pool.
  const opened = await open(pool.fileOf(file.digest), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = await opened.stat();
    answer.writeHead(200, { ...headers, "content-type": contentTypeOf(file.path), "content-length": size });
    if (incoming.method === "HEAD") answer.end();
    else await pipeline(opened.createReadStream({ autoClose: false }), answer);
  } finally {
    await opened.close();
  }
}
