import { lstatSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { RepositoryLook } from "../config/detect.ts";
import { askGit, runGit } from "./git.ts";

export interface RepositorySight {
  readonly look: RepositoryLook;
  readonly commits: number;
  /** Git passes over Slipway's own folder. */
  readonly ignoresSlipway: boolean;
}

const largestText = 1024 * 1024;

/** What git tracks below the top of a repository, for `promote init`; nothing of it is run, and no link is followed. */
export async function lookAtRepository(root: string): Promise<RepositorySight> {
  const files = (await runGit(root, ["ls-files", "-z"])).split("\0").filter((file) => file !== "");
  const tracked = new Set(files);
  const count = await askGit(root, ["rev-list", "--count", "HEAD"]);
  const ignored = await askGit(root, ["check-ignore", "--quiet", ".slipway/"], { as: "person" });
  return {
    look: {
      name: basename(root),
      files: files.toSorted(),
      read: (path) => (tracked.has(path) ? readText(join(root, path)) : null),
    },
    commits: count.exitCode === 0 ? Number(count.stdout.trim()) : 0,
    ignoresSlipway: ignored.exitCode === 0,
  };
}

function readText(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > largestText) return null;
  const bytes = readFileSync(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
