import type { WebConfig } from "../config/config.ts";
import { RefusalError } from "../errors.ts";
import { type Digest, quoteInput } from "../identifiers.ts";
import { checkReferences } from "../web/check-references.ts";
import type { WebFileList } from "../web/file-list.ts";
import { judgeWebTree, listWebFiles, summariseWeb } from "../web/list-web-files.ts";
import type { Checkout } from "./build-ports.ts";
import { canonicalBytes, sha256 } from "./canonical-json.ts";
import type { ReleaseBlob } from "./release-draft.ts";

export interface BuiltWeb {
  readonly list: WebFileList;
  readonly digest: Digest;
  readonly summary: { readonly entries: number; readonly assets: number; readonly bytes: number };
  /** The list and every file of it. */
  readonly blobs: readonly ReleaseBlob[];
}

/**
 * Lists the built folder by content, after judging every path and every reference.
 * @throws RefusalError `path-unsafe`, `web-broken`, or `build-failed` when the folder is not there.
 */
export async function buildWeb(checkout: Checkout, config: WebConfig, routes: readonly string[]): Promise<BuiltWeb> {
  const folder = config.folder.replace(/^\.\/|\/+$/g, "");
  const inFolder = (path: string): string => (folder === "." || folder === "" ? path : `${folder}/${path}`);
  const found = await checkout.walk(folder === "" ? "." : folder);
  if (found === null || found.length === 0) {
    throw new RefusalError({
      code: "build-failed",
      message: `web.folder ${quoteInput(config.folder)} is ${found === null ? "not there" : "empty"} after the build. Nothing was published.`,
    });
  }
  const files: { path: string; sha256: Digest; bytes: number }[] = [];
  for (const { path, bytes } of judgeWebTree(config.folder, found)) {
    files.push({ path, bytes, sha256: await checkout.digest(inFolder(path)) });
  }
  const list = listWebFiles(files, config.assets, config.fallback);
  await checkReferences({ list, routes, read: (path) => checkout.read(inFolder(path)) });
  const body = canonicalBytes(list);
  const digest = sha256(body);
  const blobs = list.files.map((file) => ({ digest: file.sha256, read: () => checkout.read(inFolder(file.path)) }));
  return { list, digest, summary: summariseWeb(list), blobs: [{ digest, read: async () => body }, ...blobs] };
}
