import { lstatSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { RepositoryLook } from "../config/detect.ts";
import { askGit, runGit } from "./git.ts";

export interface RepositorySight {
  readonly look: RepositoryLook;
  readonly commits: number;
  /** Git passes over Slipway's own folder. */
  readonly ignoresSlipway: boolean;
  /** What the installation of Slipway writes, where it differs from the commit: with that left out the work tree stays dirty. */
  readonly uncommitted: readonly string[];
}

const writtenByInstalling = [
  ".gitignore",
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
];

const largestText = 1024 * 1024;

/** What git tracks below the top of a repository, for `promote init`; nothing of it is run, and no link is followed. */
export async function lookAtRepository(root: string): Promise<RepositorySight> {
  const files = (await runGit(root, ["ls-files", "-z"])).split("\0").filter((file) => file !== "");
  const tracked = new Set(files);
  const count = await askGit(root, ["rev-list", "--count", "HEAD"]);
  const ignored = await askGit(root, ["check-ignore", "--quiet", ".slipway/"], { as: "person" });
  const status = await runGit(root, ["status", "--porcelain", "-z", "--", ...writtenByInstalling]);
  return {
    look: {
      name: basename(root),
      files: files.toSorted(),
      read: (path) => (tracked.has(path) ? readText(join(root, path)) : null),
    },
    commits: count.exitCode === 0 ? Number(count.stdout.trim()) : 0,
    ignoresSlipway: ignored.exitCode === 0,
    uncommitted: writtenByInstalling.filter((file) => isNamed(status, file)),
  };
}

/** Paths of a status begin at the top of the repository, which may be above the app. */
const isNamed = (status: string, file: string): boolean =>
  status.split("\0").some((entry) => basename(entry.slice(3)) === file);

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
