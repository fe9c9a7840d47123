import { hash, randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { appendFile, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { type Digest, type Sha, shortSha } from "../identifiers.ts";
import type { Checkout } from "../release/build-ports.ts";
import { runCommand } from "./command.ts";
import { askGit, runGit } from "./git.ts";
import { type ProcessGuard, startGuard } from "./guard/guard.ts";
import { walkFolder } from "./walk-folder.ts";

export interface CheckoutOptions extends CommandOptions {
  /** Folder of the app inside the repository, from its top; empty at the top itself. */
  readonly prefix: string;
}
interface CommandOptions {
  /** What build commands inherit. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly redact: (text: string) => string;
}

/**
 * A clean checkout inside the repository's own `.slipway/build/`, so that tools that look upwards find what they find in the
 * work tree. It has a git folder of its own that borrows the repository's objects: a build may ask `git describe`, and
 * nothing it does reaches the repository.
 */
export async function openCheckout(root: string, sha: Sha, options: CheckoutOptions): Promise<Checkout> {
  const builds = await ownFolder(join(root, ".slipway"), "build");
  await removeLeftovers(builds);
  const folder = join(builds, `${sha}-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await writeCommit(root, sha, folder);
    const files = await countFiles(folder);
    return { ...checkoutIn(join(folder, options.prefix), files, options), [Symbol.asyncDispose]: () => remove(folder) };
  } catch (error) {
    await remove(folder);
    throw error;
  }
}

/** A build that was killed leaves its folder; the process in its name is gone. */
async function removeLeftovers(builds: string): Promise<void> {
  for (const name of await readdir(builds)) {
    const pid = /^[0-9a-f]{40}-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await remove(join(builds, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** `.slipway` that leads elsewhere would have us write, and remove, there. */
async function ownFolder(parent: string, name: string): Promise<string> {
  for (const path of [parent, join(parent, name)]) {
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if ((await lstat(path)).isDirectory()) continue;
    throw new UserError({
      code: "store-unusable",
      message: `${path} is a link; a build needs a folder of its own there`,
    });
  }
  return join(parent, name);
}

/** In the checkout no setting of a person counts: every machine gets the same bytes. */
const nobody = { as: "nobody" } as const;

const remove = (folder: string): Promise<void> =>
  // A command of a killed build may still be writing: that is what the retries are for.
  rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

async function writeCommit(root: string, sha: Sha, folder: string): Promise<void> {
  await refuseUnsupported(root, sha);
  await mkdir(folder);
  await runGit(folder, ["init", "--quiet", "--template=", "."], nobody);
  const common = (await runGit(root, ["rev-parse", "--path-format=absolute", "--git-common-dir"])).replace(/\n$/, "");
  await appendFile(join(folder, ".git", "objects", "info", "alternates"), `${join(common, "objects")}\n`).catch(
    async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      await mkdir(join(folder, ".git", "objects", "info"), { recursive: true });
      await appendFile(join(folder, ".git", "objects", "info", "alternates"), `${join(common, "objects")}\n`);
    },
  );
  const shallow = await askGit(root, ["rev-parse", "--is-shallow-repository"]);
  // A shallow repository lacks parents: the borrowed history ends at this commit.
  if (shallow.stdout.trim() === "true") await appendFile(join(folder, ".git", "shallow"), `${sha}\n`);
  await runGit(folder, ["update-ref", "--no-deref", "HEAD", sha], nobody);
  await runGit(folder, ["read-tree", sha], nobody);
  const large = await runGit(folder, ["ls-files", "-z", "--", ":(attr:filter=lfs)"], nobody).catch(() => "");
  if (large !== "")
    throw unsupported(sha, `keeps ${large.split("\0")[0]} in Git LFS, of which the commit holds a pointer only`);
  await runGit(folder, ["checkout-index", "--all", "--force", "--quiet"], nobody);
}

async function refuseUnsupported(root: string, sha: Sha): Promise<void> {
  const tree = await runGit(root, ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", sha]);
  const module = tree.split("\0").find((entry) => entry.startsWith("160000 "));
  if (module !== undefined) {
    throw unsupported(sha, `has the submodule ${module.split("\t")[1]}, whose files are not in the commit`);
  }
}

const unsupported = (sha: Sha, because: string): UserError =>
  new UserError({ code: "usage", message: `${shortSha(sha)} ${because}. Nothing was built.` });

async function countFiles(folder: string): Promise<number> {
  const names = await runGit(folder, ["ls-files", "-z"], nobody);
  return names === "" ? 0 : names.split("\0").length - 1;
}

/** Looks, reads and commands in a folder that is there; disposing of it removes it. */
export function checkoutIn(folder: string, files: number, options: CommandOptions): Checkout {
  let guard: Promise<ProcessGuard> | null = null;
  return {
    folder,
    files,
    run: async (command, variables, onLine, signal) => {
      guard ??= startGuard();
      return runCommand({
        command,
        folder,
        variables: { ...withoutGit(options.variables), ...variables },
        onLine,
        redact: options.redact,
        signal,
        guard: await guard,
      });
    },
    walk: async (path) => walkFolder(folder, path),
    // A copy: the buffer is the next file's.
    read: async (path) => new Uint8Array(readWhole(join(folder, path))),
    digest: async (path) => `sha256:${hash("sha256", readWhole(join(folder, path)), "hex")}` as Digest,
    [Symbol.asyncDispose]: async () => {
      await (await guard)?.[Symbol.asyncDispose]();
      await remove(folder);
    },
  };
}

/** A variable such as GIT_DIR would send a build's git questions to another repository. */
const withoutGit = (variables: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("GIT_")));

/** One buffer for all files: six times faster than streams for small ones. Valid until the next call. */
let buffer = Buffer.allocUnsafe(1 << 20);

function readWhole(path: string): Buffer {
  // Judged by lstat when it was walked; a link put there since then is not followed.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = fstatSync(file);
    if (buffer.length < size + 1) buffer = Buffer.allocUnsafe(size + 1);
    let length = 0;
    while (true) {
      const read = readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) return buffer.subarray(0, length);
      length += read;
      if (length === buffer.length) throw new Error(`${path} grew while it was read`);
    }
  } finally {
    closeSync(file);
  }
}
