import { RefusalError, UserError } from "../errors.ts";
import { quoteInput, type Sha, shortSha } from "../identifiers.ts";
import { count } from "../policy/spell.ts";
import type { CommitFacts, DraftPorts } from "./build-ports.ts";

/** @throws UserError for what is no commit here */
export async function requireCommit(ports: DraftPorts, sha: Sha): Promise<CommitFacts> {
  const commit = await ports.workTree.commit(sha);
  if (commit !== null) return commit;
  throw new UserError({
    code: "usage",
    message: `${shortSha(sha)} is no commit of this repository. Nothing was built.`,
    next: ["git fetch"],
  });
}

/** What is built comes from the commit alone; a folder that differs from it would make people think otherwise. False: another commit stands there. */
export async function refuseDirty(ports: DraftPorts, sha: Sha): Promise<boolean> {
  if ((await ports.workTree.head()) !== sha) return false;
  const changes = await ports.workTree.changes();
  if (changes.length === 0) return true;
  const more = changes.length > 20 ? [`and ${changes.length - 20} more`] : [];
  throw new RefusalError({
    code: "tree-dirty",
    message: `the work tree differs from ${shortSha(sha)} in ${count(changes.length, "file")}. Nothing was built.`,
    evidence: [...changes.slice(0, 20).map(printable), ...more].map(ports.redact),
    next: [
      "git add --all && git commit && promote build     # with what differs",
      "git stash --include-untracked && (promote build; git stash pop)     # without it",
    ],
  });
}

/** A path as it is, or quoted when it holds what a terminal should not get. */
const printable = (path: string): string => (/^[\x21-\x7e]{1,100}$/.test(path) ? path : quoteInput(path));
