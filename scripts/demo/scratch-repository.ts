import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { commits, type ScenarioCommit, writeTree } from "../../reference-app/scenarios/commits.ts";

const execute = promisify(execFile);

/** SHA of each scenario by its slug. */
export type Commits = Readonly<Record<string, string>>;

/** Real commits of the reference app, each with its parent; what is meant to go live is on main. */
export async function makeRepository(folder: string, boardPort: number): Promise<Commits> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  const shas: Record<string, string> = {};
  const last = commits.filter(isGood).at(-1);
  for (const commit of commits) shas[commit.slug] = await makeCommit(folder, commit, shas, boardPort);
  await git(folder, ["checkout", "--quiet", "--force", "main"]);
  if (!last) throw new Error("the scenarios have no commit that is meant to go live");
  return shas;
}

/** A dead end is a commit that nothing was built on. */
const isGood = (commit: ScenarioCommit): boolean =>
  !["failing-migration", "unhealthy-release", "broken-web"].includes(commit.slug);

async function makeCommit(folder: string, commit: ScenarioCommit, shas: Commits, boardPort: number): Promise<string> {
  const parent = commit.parent === null ? null : shas[commit.parent];
  if (parent)
    await git(
      folder,
      isGood(commit) ? ["checkout", "--quiet", "main"] : ["checkout", "--quiet", "-b", commit.slug, parent],
    );
  for (const name of await readdir(folder)) if (name !== ".git") await rm(join(folder, name), { recursive: true });
  await writeTree(commit.slug, folder);
  await setPort(join(folder, "slipway.yaml"), boardPort);
  await writeFile(join(folder, ".gitignore"), ".slipway/\ndist/\nnode_modules/\n");
  await git(folder, ["add", "--all"]);
  await git(folder, ["commit", "--quiet", "--no-verify", "-m", commit.subject], {
    GIT_AUTHOR_DATE: commit.at,
    GIT_COMMITTER_DATE: commit.at,
  });
  return (await git(folder, ["rev-parse", "HEAD"])).trim();
}

/** The demo must not collide with anything that listens already. */
async function setPort(file: string, port: number): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/^local:\n(?: {2}port: .*\n)?/m, `local:\n  port: ${port}\n`));
}

async function git(folder: string, args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const identity = ["-c", "user.name=Demo", "-c", "user.email=demo@example.invalid", "-c", "commit.gpgsign=false"];
  const { stdout } = await execute("git", [...identity, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1", ...environment },
  });
  return stdout;
}
