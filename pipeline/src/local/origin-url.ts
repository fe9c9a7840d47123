import { askGit } from "./git.ts";

/** Where the repository was cloned from, as git has it written down, with whatever is in it; null: nowhere. */
export async function originUrl(root: string): Promise<string | null> {
  const { exitCode, stdout } = await askGit(root, ["config", "--get", "remote.origin.url"]);
  return exitCode === 0 ? stdout.trim() : null;
}
