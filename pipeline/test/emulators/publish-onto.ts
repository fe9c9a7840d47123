import type { AppName, Digest, Sha } from "../../src/identifiers.ts";
import type { ObjectStore } from "../../src/ports.ts";
import { canonicalBytes, sha256 } from "../../src/release/canonical-json.ts";
import type { ServiceShape } from "../../src/release/manifest.ts";
import { blobKey, releaseKey } from "../../src/release/store-keys.ts";
import type { WebFileList } from "../../src/web/file-list.ts";
import { aRelease } from "../builders.ts";

export interface Published {
  readonly sha: string;
  readonly repository: string;
  /** Of all services. */
  readonly image: string;
  readonly services: readonly ServiceShape[];
  /** The only page. */
  readonly page: string;
}

/** A release of images that were pushed before, one page and one asset. */
export async function publishOnto(
  store: ObjectStore,
  { sha, repository, image, services, page }: Published,
): Promise<void> {
  const script = `console.log(${JSON.stringify(sha)});`;
  const list: WebFileList = {
    version: 1,
    fallback: "index.html",
    files: [
      { path: `assets/app-${sha.slice(0, 8)}.js`, sha256: sha256(script), bytes: script.length, role: "asset" },
      { path: "index.html", sha256: sha256(page), bytes: page.length, role: "entry" },
    ],
  };
  for (const text of [script, page]) await store.putIfAbsent(blobKey(sha256(text)), new TextEncoder().encode(text));
  const digest = sha256(canonicalBytes(list));
  await store.putIfAbsent(blobKey(digest), canonicalBytes(list));
  const platform = "linux/amd64";
  const images = services.map(
    ({ name }) => [name, { repository, digest: image as Digest, platform, bytes: 0 }] as const,
  );
  const { manifest } = aRelease({
    sha: sha as Sha,
    app: "tiny" as AppName,
    services: [...services],
    images: Object.fromEntries(images),
    web: { digest, entries: 1, assets: 1, bytes: page.length + script.length },
    migrations: null,
  });
  await store.putIfAbsent(releaseKey(sha as Sha), canonicalBytes(manifest));
}
