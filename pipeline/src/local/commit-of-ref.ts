import { isSha, type Sha } from "../identifiers.ts";
import { askGit } from "./git.ts";

/** The commit that a branch, a tag or `HEAD` means now; null: it means none. For telling people, never for deciding. */
export async function commitOfRef(root: string, name: string): Promise<Sha | null> {
  const found = await askGit(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
  const sha = found.stdout.trim();
  return found.exitCode === 0 && isSha(sha) ? sha : null;
}
