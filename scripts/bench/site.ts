import { createHash } from "node:crypto";
import type { SyncFile } from "./size-and-time-sync.ts";

/** A web release's files by path below `site/`. */
export type Site = ReadonlyMap<string, string>;

export const pages = 1_000;
const assets = 9_000;
/** What differs in the second release: 50 files, as the issue has it. */
export const changed = { samePages: 15, longerPages: 5, assets: 30 } as const;

/**
 * Pages that name assets by their hash. In the second release some assets have other bytes, hence other names; the pages
 * that name them keep their length, since a hash has one, and that is what a comparison by size cannot see.
 */
export function makeSite(version: 1 | 2): Site {
  const site = new Map<string, string>();
  const names: string[] = [];
  for (let n = 0; n < assets; n += 1) {
    const text = `export const part = "${n}, version ${version === 2 && n < changed.assets ? 2 : 1}";\n`;
    const name = `assets/part-${n}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.js`;
    names.push(name);
    site.set(name, text);
  }
  for (let n = 0; n < pages; n += 1) {
    // Other assets of the second release are loaded by assets alone.
    const asset = names[n < changed.samePages ? n : assets - 1 - n];
    const isLonger = version === 2 && n >= changed.samePages && n < changed.samePages + changed.longerPages;
    const text = `<!doctype html><title>${n}</title><script type="module" src="/${asset}"></script>\n`;
    site.set(`page-${n}.html`, isLonger ? `${text}<p>New here.</p>\n` : text);
  }
  return site;
}

/** The same as a folder that a build left at the moment `time`. */
export const asBuiltAt = (site: Site, time: number): readonly SyncFile[] =>
  [...site].map(([path, content]) => ({ path, content, bytes: Buffer.byteLength(content), time }));

/** As an incremental build leaves it: what did not change keeps its time. */
export const asRebuiltAt = (site: Site, before: readonly SyncFile[], time: number): readonly SyncFile[] => {
  const old = new Map(before.map((file) => [file.path, file]));
  return asBuiltAt(site, time).map((file) => {
    const same = old.get(file.path);
    return same?.content === file.content ? same : file;
  });
};
