import { readdirSync, readFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** A commit of the demo: files laid over the tree of its parent. */
export interface ScenarioCommit {
  /** Names it for the demo and as a parent: the folder's name without its number. */
  readonly slug: string;
  readonly subject: string;
  /** Null: the app as it is. */
  readonly parent: string | null;
  /** Paths that the parent has and this one has not. */
  readonly remove: readonly string[];
  /** Author's and committer's date; fixed, so that a demo has the same SHAs every time. */
  readonly at: string;
}

const schema = z.strictObject({
  subject: z.string().min(1).max(72),
  parent: z.string(),
  remove: z.array(z.string()).default([]),
});
const app = join(import.meta.dirname, "..");
const ownTest = join(app, "test/scenarios.test.ts");
const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

/** Parents before children. */
export const commits: readonly ScenarioCommit[] = [
  { slug: "base", subject: "Page the time-entries list", parent: null, remove: [], at: "2026-11-17T09:00:00Z" },
  ...folders.map((folder, index): ScenarioCommit => {
    const commit = schema.parse(JSON.parse(readFileSync(join(import.meta.dirname, folder, "commit.json"), "utf8")));
    return { slug: slugOf(folder), ...commit, at: `2026-11-18T${String(9 + index).padStart(2, "0")}:00:00Z` };
  }),
];

/** Writes the whole tree of a commit into an empty folder. */
export async function writeTree(slug: string, into: string): Promise<void> {
  const commit = commits.find((candidate) => candidate.slug === slug);
  if (commit === undefined) throw new Error(`no scenario is named ${slug}`);
  if (commit.parent === null) return copyApp(into);
  await writeTree(commit.parent, into);
  for (const path of commit.remove) await rm(join(into, path));
  const folder = folders.find((candidate) => slugOf(candidate) === slug) ?? slug;
  await cp(join(import.meta.dirname, folder, "files"), into, { recursive: true });
}

/** What the app's own repository would hold; entry by entry, because the folder may lie below the app. */
async function copyApp(into: string): Promise<void> {
  const left = new Set(["dist", "node_modules", "scenarios", ".slipway", "coverage"]);
  for (const name of readdirSync(app).filter((entry) => !left.has(entry))) {
    await cp(join(app, name), join(into, name), { recursive: true, filter: (path) => path !== ownTest });
  }
}

function slugOf(folder: string): string {
  return folder.replace(/^\d+-/, "");
}
