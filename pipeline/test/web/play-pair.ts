import { diffWeb } from "../../src/web/diff.ts";
import type { WebFileList } from "../../src/web/file-list.ts";
import type { ArbitraryRelease } from "./arbitrary-releases.ts";
import { type Mode, WebWorld } from "./web-world.ts";

/** Files that have to be put before the second is live where the first was. */
export function changedFiles(from: WebFileList | null, to: WebFileList): number {
  const { newAssets, changedEntries } = diffWeb(from, to);
  return newAssets.length + changedEntries.length;
}

/** One release, then another, then back: what cost more calls than it may, and what was not served as it is; nothing where all is well. */
export async function playPair(mode: Mode, a: ArbitraryRelease, b: ArbitraryRelease): Promise<readonly string[]> {
  const world = new WebWorld(mode);
  for (const { files, release } of [a, b]) await world.publish(files, release);
  const [one, two] = [a.release, b.release];
  const ways = [
    { from: null, to: one, most: changedFiles(null, one.list) + 4 },
    { from: one, to: two, most: changedFiles(one.list, two.list) + 4 },
    // Everything is there already: the pointer alone is moved.
    { from: two, to: one, most: mode === "pointer" ? 2 : changedFiles(two.list, one.list) + 4 },
  ] as const;
  const problems: string[] = [];
  for (const [index, { from, to, most }] of ways.entries()) {
    const calls = await world.promote(world.host(), from, to, index + 1);
    if (calls > most) problems.push(`way ${index + 1}: ${calls} calls, and ${most} at most`);
    const wrong = await world.wrong(to);
    if (wrong.length > 0) problems.push(`way ${index + 1}: ${wrong.join(", ")} not served as it is`);
  }
  return problems;
}
