import type { ImageShelf } from "../src/release/build-ports.ts";
import { canonicalBytes, digestOf, sha256 } from "../src/release/canonical-json.ts";
import type { ImageFileList } from "../src/release/image-files.ts";
import type { ReleaseDraft } from "../src/release/release-draft.ts";
import { listWebFiles, summariseWeb } from "../src/web/list-web-files.ts";
import { aRelease, shas } from "./builders.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A built release of one service and two pages; the texts are what its files hold. Its images are on `aShelf`. */
export function aDraft(
  fields: { sha?: string; page?: string; server?: string; asset?: string; by?: string } = {},
): ReleaseDraft {
  const { page = "<h1>Hello</h1>\n", server = "// server\n", asset = "1", by = "ci@github" } = fields;
  const texts = { "index.html": page, "assets/app-1f2e3d.js": asset };
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    sha256: sha256(text),
    bytes: bytesOf(text).length,
  }));
  const web = listWebFiles(files, ["assets/**"], null);
  const imageFiles: ImageFileList = {
    version: 1,
    files: [{ path: "dist/server.js", mode: 0o644, sha256: sha256(server), bytes: bytesOf(server).length, link: null }],
  };
  const tar = bytesOf(`tar of ${server}`);
  const image = { repository: "local", digest: sha256(tar), platform: "linux/amd64", bytes: tar.length };
  const { manifest } = aRelease({ sha: (fields.sha ?? shas.new) as never });
  return {
    manifest: {
      ...manifest,
      images: { api: { ...image, files: digestOf(imageFiles) } },
      web: { digest: digestOf(web), ...summariseWeb(web) },
      migrations: null,
      publisher: { by, runUrl: null },
    },
    web,
    imageFiles: { api: imageFiles },
    blobs: [
      ...[imageFiles, web].map((list) => ({ digest: digestOf(list), read: async () => canonicalBytes(list) })),
      ...Object.values(texts).map((text) => ({ digest: sha256(text), read: async () => bytesOf(text) })),
    ],
  };
}

/** Keeps the images of `aDraft` with these contents of the server's file. */
export function aShelf(...servers: readonly string[]): ImageShelf {
  const held = new Map(servers.map((server) => [sha256(`tar of ${server}`), server]));
  return {
    verify: async ({ digest }) => {
      const server = held.get(digest);
      return server === undefined
        ? { status: "missing" }
        : { status: "same", bytes: bytesOf(`tar of ${server}`).length };
    },
    keep: async ({ digest }) => (held.has(digest) ? "kept" : "missing"),
    readFile: async ({ digest }, path) => {
      const server = held.get(digest);
      return server === undefined || path !== "dist/server.js" ? null : bytesOf(server);
    },
  };
}
