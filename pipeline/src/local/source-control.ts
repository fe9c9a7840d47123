import { UserError } from "../errors.ts";
import { isSha, type Sha } from "../identifiers.ts";
import type { CommitRelation, CommitSummary, SourceControl } from "../ports.ts";
import type { CommitFacts, WorkTree } from "../release/build-ports.ts";
import { type CheckoutOptions, openCheckout } from "./checkout.ts";
import { askGit, runGit } from "./git.ts";

/** What the CLI asks of the repository it stands in, beside the ports. */
export interface Repository extends SourceControl, WorkTree {
  /** Absolute path of the work tree's top. */
  readonly root: string;
  /** The commit a person means: 40 digits as they are, 7 or more looked up; null when there is none. */
  resolve(text: string): Promise<Sha | "ambiguous" | null>;
  /** Content of a file at a commit; null when it is not there. */
  fileAt(sha: Sha, path: string): Promise<string | null>;
}

/**
 * Opens the repository that holds `folder`, in which builds run (an app may be a folder of a larger repository). `variables` is what build commands inherit (SLIPWAY_SHA and
 * SOURCE_DATE_EPOCH are added), `redact` takes secrets out of their output.
 * @throws UserError `not-a-repository`.
 */
export async function openRepository(
  folder: string,
  options: {
    readonly variables: Readonly<Record<string, string | undefined>>;
    readonly redact: (text: string) => string;
  },
): Promise<Repository> {
  const { top: root, prefix } = await standingIn(folder);
  return { root, ...sourceControl(root), ...workTree(root, { ...options, prefix }) };
}

/**
 * The top of the work tree, and `folder` below it without a last slash. One call of git tells both, unless a name holds a newline.
 * @throws UserError
 */
async function standingIn(folder: string): Promise<{ readonly top: string; readonly prefix: string }> {
  const places = await askGit(folder, ["rev-parse", "--show-toplevel", "--show-prefix"]);
  if (places.exitCode !== 0) throw notOpened(folder, places.stderr);
  const lines = places.stdout.split("\n");
  const [top = "", prefix = ""] =
    lines.length === 3
      ? lines
      : await Promise.all(["--show-toplevel", "--show-prefix"].map((which) => runGit(folder, ["rev-parse", which])));
  return { top: withoutEnd(top), prefix: withoutEnd(prefix).replace(/\/$/, "") };
}
const withoutEnd = (line: string): string => line.replace(/\r?\n?$/, "");

function notOpened(folder: string, stderr: string): UserError {
  const others = /dubious ownership in repository at '([^'\n]+)'/.exec(stderr)?.[1];
  if (others === undefined) {
    return new UserError({ code: "not-a-repository", message: `${folder} is in no git repository` });
  }
  return new UserError({
    code: "not-a-repository",
    message: `${others} belongs to another user, and git does not trust it`,
    next: [`git config --global --add safe.directory ${quoteForShell(others)}`],
  });
}

/** The name of a folder is another user's choice, and the command is there to be pasted. */
const quoteForShell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Answers from the repository that holds `folder`; where there is none, or no git, nothing is known. */
export function sourceControlIn(folder: string): SourceControl {
  const repository = sourceControl(folder);
  return {
    relation: (from, to) => unlessMissing(repository.relation(from, to), "unknown"),
    onBranch: (sha, branch) => unlessMissing(repository.onBranch(sha, branch), null),
    between: (from, to, limit) => unlessMissing(repository.between(from, to, limit), null),
  };
}

async function unlessMissing<T>(answer: Promise<T>, unknown: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UserError) return unknown;
    throw error;
  }
}

function sourceControl(root: string): Omit<Repository, "root" | keyof WorkTree> {
  const isAncestor = async (older: string, newer: string): Promise<boolean | null> => {
    const { exitCode } = await askGit(root, ["merge-base", "--is-ancestor", older, newer]);
    return exitCode === 0 ? true : exitCode === 1 ? false : null;
  };
  const isShallow = async (): Promise<boolean> =>
    (await runGit(root, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
  return {
    async relation(from, to): Promise<CommitRelation> {
      if (from === to) return "same";
      // Of a commit and one that contains it, it is the only best common ancestor.
      const { exitCode, stdout } = await askGit(root, ["merge-base", from, to]);
      if (exitCode !== 0 && exitCode !== 1) return "unknown";
      const base = stdout.trim();
      if (base === from) return "ahead";
      if (base === to) return "behind";
      // A shallow clone does not know what lies behind its edge.
      return (await isShallow()) ? "unknown" : "diverged";
    },
    async onBranch(sha, branch) {
      // Either has it or neither: the remote's branch may be behind the one here, and the other way round.
      const refs = [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`];
      const having = await askGit(root, ["for-each-ref", `--contains=${sha}`, "--format=%(refname)", ...refs]);
      if (having.stdout.split("\n").some((ref) => refs.includes(ref))) return true;
      const answers: (boolean | null)[] = [];
      for (const ref of refs) {
        const tip = await askGit(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
        if (tip.exitCode === 0) answers.push(await isAncestor(sha, tip.stdout.trim()));
      }
      if (answers.includes(true)) return true;
      return answers.length === 0 || answers.includes(null) || (await isShallow()) ? null : false;
    },
    async between(from, to, limit) {
      const range = ["--end-of-options", `${from}..${to}`];
      const log = await askGit(root, ["log", "--topo-order", "--format=%H%x00%s", `--max-count=${limit}`, ...range]);
      return log.exitCode === 0 ? parseLog(log.stdout).toReversed() : null;
    },
    async resolve(text) {
      if (isSha(text)) {
        const found = await askGit(root, ["cat-file", "-e", `${text}^{commit}`]);
        return found.exitCode === 0 ? text : null;
      }
      if (!/^[0-9a-f]{4,39}$/.test(text)) return null;
      const found = await askGit(root, ["rev-parse", `--disambiguate=${text}`]);
      const commits: Sha[] = [];
      for (const name of found.stdout.split("\n").filter(isSha)) {
        if ((await askGit(root, ["cat-file", "-t", name])).stdout.trim() === "commit") commits.push(name);
      }
      return commits.length > 1 ? "ambiguous" : (commits[0] ?? null);
    },
    async fileAt(sha, path) {
      const shown = await askGit(root, ["cat-file", "blob", `${sha}:${path}`]);
      return shown.exitCode === 0 ? shown.stdout : null;
    },
  };
}

function parseLog(text: string): readonly CommitSummary[] {
  return text.split("\n").flatMap((line) => {
    const [sha = "", subject = ""] = line.split("\0");
    return isSha(sha) ? [{ sha, subject }] : [];
  });
}

function workTree(root: string, options: CheckoutOptions): WorkTree {
  return {
    async head() {
      const head = await askGit(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
      const sha = head.stdout.trim();
      if (head.exitCode === 0 && isSha(sha)) return sha;
      throw new UserError({ code: "not-a-repository", message: `${root} has no commit yet` });
    },
    async branch() {
      const branch = await askGit(root, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
      return branch.exitCode === 0 ? branch.stdout.trim() : null;
    },
    async changes() {
      const args = [
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--no-renames",
        "--ignore-submodules=none",
      ];
      // Slipway's own folder is where this very build will write.
      const status = await runGit(root, [...args, "--", ":/", ":(top,exclude,glob)**/.slipway/**"]);
      return status.split("\0").flatMap((entry) => (entry === "" ? [] : [entry.slice(3)]));
    },
    async commit(sha): Promise<CommitFacts | null> {
      const format = "--format=%H%x00%T%x00%ct%x00%s";
      const shown = await askGit(root, ["log", "-1", "--no-show-signature", format, "--end-of-options", sha]);
      const [found = "", tree = "", time = "", subject = ""] = shown.stdout.replace(/\n$/, "").split("\0");
      if (shown.exitCode !== 0 || found !== sha || !isSha(tree)) return null;
      return { sha, tree, committedAt: Number(time), subject };
    },
    checkout: (sha) => openCheckout(root, sha, options),
  };
}
