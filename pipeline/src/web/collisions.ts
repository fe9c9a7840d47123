import { RefusalError } from "../errors.ts";
import { type Sha, shortDigest, shortSha } from "../identifiers.ts";
import type { WebFileList } from "./file-list.ts";

/** A web release that was published before. */
export interface EarlierWeb {
  readonly sha: Sha;
  readonly list: WebFileList;
}

/**
 * An asset is cached for a year and shared by all releases of an environment: other bytes under its name would never reach
 * a browser that has the old ones. Asked of the releases published last (as many as the rollback window): that is a
 * warning at the time it can be mended. What an environment's pool really holds is asked again at promotion.
 * @throws RefusalError `web-collision`.
 */
export function refuseCollisions(list: WebFileList, earlier: readonly EarlierWeb[]): void {
  const assets = new Map(list.files.filter((file) => file.role === "asset").map((file) => [file.path, file.sha256]));
  const clashes = new Map<string, string>();
  for (const { sha, list: other } of earlier) {
    for (const file of other.files) {
      const ours = assets.get(file.path);
      if (file.role !== "asset" || ours === undefined || ours === file.sha256 || clashes.has(file.path)) continue;
      const before = `sha256:${shortDigest(file.sha256)} in ${shortSha(sha)}`;
      clashes.set(file.path, `${file.path}: ${before}, now sha256:${shortDigest(ours)}`);
    }
  }
  if (clashes.size === 0) return;
  throw new RefusalError({
    code: "web-collision",
    message: `${clashes.size === 1 ? "an asset has" : `${clashes.size} assets have`} other bytes than before under the same name. Nothing was published.`,
    evidence: [...clashes.values()].slice(0, 20),
    next: ["put the content's hash into the file's name, or take the file out of web.assets: it is then an entry"],
  });
}
