import { lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the apps of a repository begin with, in the languages that init knows. */
const manifests = ["package.json", "pyproject.toml", "requirements.txt", "go.mod", "Cargo.toml", "Gemfile", "pom.xml"];

/**
 * The folder that slipway.yaml is for: the nearest one from `folder` up to `root` that holds an app, or else `root`. Absolute; `root` is
 * the top of the repository, and above or at `folder`.
 */
export function appFolder(root: string, folder: string): string {
  for (let at = realpathSync(folder); at.startsWith(root) && at !== root; at = dirname(at)) {
    if (manifests.some((name) => lstatSync(join(at, name), { throwIfNoEntry: false })?.isFile())) return at;
  }
  return root;
}
