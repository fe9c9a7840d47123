import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { UserError } from "../errors.ts";

export interface GitAnswer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  /**
   * "person" (default): with the settings of whoever asks: the files that they ignore everywhere, the folders of others
   * that they trust. "nobody": without, in a folder that we made ourselves, so that every machine checks out the same bytes.
   */
  readonly as?: "person" | "nobody";
}

/** More than any question of ours is answered with. */
const mostOutput = 64 * 1024 * 1024;

/** The environment of this process without what redirects git: GIT_DIR and its kin, which a hook or an editor sets. */
function gitEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  as: "person" | "nobody",
): Record<string, string> {
  const kept = Object.entries(inherited).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("GIT_"),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    ...(as === "person" ? {} : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_ATTR_NOSYSTEM: "1" }),
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
  };
}

/** Over what a repository or a person has set: no program of theirs is run to answer us, and answers are plain. */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "log.showSignature=false",
  "color.ui=false",
];

/** Asks git; a non-zero exit code is an answer. No shell, no pager, no prompt. */
export function askGit(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  const own = options.as === "nobody" ? ["core.attributesFile=/dev/null"] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(
      "git",
      [...[...settings, ...own].flatMap((setting) => ["-c", setting]), "--no-pager", ...args],
      {
        cwd: folder,
        env: gitEnvironment(process.env, options.as ?? "person"),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostOutput) child.kill("SIGKILL");
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk.subarray(0, 4096)));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT" && existsSync(folder);
      reject(missing ? new UserError({ code: "not-a-repository", message: "git is not installed here" }) : error);
    });
    child.once("close", (exitCode) =>
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/** The same, for what cannot fail unless the repository is damaged or git is not there. */
export async function runGit(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const answer = await askGit(folder, args, options);
  if (answer.exitCode === 0) return answer.stdout;
  const error = new Error(`git ${args[0]} exited ${answer.exitCode}: ${answer.stderr.trim().slice(0, 500)}`);
  throw (await isFull(folder)) ? Object.assign(error, { code: "ENOSPC" }) : error;
}

/** Git does not always say so. Where it cannot be told, it is not. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 1, bsize: Number.POSITIVE_INFINITY }));
  return bavail * bsize < 1024 ** 2;
}
