import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One page in ten files; the rest are assets. */
const pageShare = 0.1;
/** Of each kind what is another in each round. */
const changedShare = 0.1;

/**
 * A site of this many files in a folder. In each round but the first a tenth of the assets has other bytes and so another
 * name, and a tenth of the pages names one of those; what is the same is not written again.
 */
export function writeLoadSite(folder: string, files: number, round: number): void {
  const pages = Math.max(1, Math.round(files * pageShare));
  const assets = Math.max(1, files - pages);
  const nameOf = (n: number, version: number): string => {
    const hash = createHash("sha256").update(textOf(n, version)).digest("hex").slice(0, 8);
    return `assets/${n % 100}/part-${n}-${hash}.js`;
  };
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const isChanged = (n: number): boolean => n < assets * changedShare;
  for (let n = 0; n < assets; n += 1) {
    if (round > 0 && !isChanged(n)) break;
    if (round > 0) rmSync(join(folder, nameOf(n, round - 1)));
    put(nameOf(n, round), textOf(n, round));
  }
  for (let n = 0; n < pages; n += 1) {
    const asset = Math.floor((n * assets) / pages);
    if (round > 0 && !isChanged(asset)) break;
    const script = `<script type="module" src="/${nameOf(asset, isChanged(asset) ? round : 0)}"></script>`;
    put(n === 0 ? "index.html" : `pages/${n % 100}/page-${n}.html`, `<!doctype html><title>${n}</title>${script}\n`);
  }
}

const textOf = (n: number, version: number): string => `export const part = "${n}, version ${version}";\n`;
