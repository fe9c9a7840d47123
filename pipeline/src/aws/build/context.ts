import { constants } from "node:fs";
import { chmod, lstat, open, readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { RefusalError } from "../../errors.ts";
import { quoteInput } from "../../identifiers.ts";
import type { Checkout } from "../../release/build-ports.ts";

/**
 * Makes a built checkout a context that is the same on every machine: what belongs to the checkout itself stays out of it, and a umask leaves no
 * trace in modes. @throws RefusalError `path-unsafe`, `build-failed`
 */
export async function prepareContext(checkout: Checkout, service: string, dockerfile: string): Promise<void> {
  await refuseUnsafe(checkout, service, dockerfile);
  // BuildKit prefers the one beside the dockerfile.
  const beside = `${dockerfile}.dockerignore`;
  await leaveOut(checkout, ".dockerignore", service);
  if ((await checkout.walk(beside)) !== null) await leaveOut(checkout, beside, service);
  await evenModes(checkout.folder, 0);
}

async function refuseUnsafe(checkout: Checkout, service: string, dockerfile: string): Promise<void> {
  const name = `services.${service}.dockerfile names ${quoteInput(dockerfile)}`;
  const found = await kindOf(checkout, dockerfile);
  if (found === "nothing")
    throw new RefusalError({
      code: "build-failed",
      message: `${name}, which the build did not leave. Nothing was published.`,
    });
  if (found !== "file")
    throw new RefusalError({
      code: "path-unsafe",
      message: `${name}, which is ${found === "link" ? "a link, or behind one" : "no file"}. Nothing was published.`,
    });
}

async function kindOf(checkout: Checkout, path: string): Promise<"file" | "link" | "other" | "nothing"> {
  const found = await checkout.walk(path);
  if (found === null) return "nothing";
  const [only] = found;
  if (found.length !== 1 || only === undefined) return "other";
  if (only.kind === "link") return "link";
  return only.kind === "file" && (only.path === "." || only.path === "") ? "file" : "other";
}

/** The folder of git is not what the commit produced, and differs from checkout to checkout. */
async function leaveOut(checkout: Checkout, path: string, service: string): Promise<void> {
  const kind = await kindOf(checkout, path);
  if (kind === "link" || kind === "other")
    throw new RefusalError({
      code: "path-unsafe",
      message: `${posix.basename(path)}, which services.${service}.dockerfile is built with, is no plain file. Nothing was published.`,
    });
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(join(checkout.folder, path), flags, 0o644);
  try {
    await handle.writeFile("\n.git\n");
  } finally {
    await handle.close();
  }
}

/** Two modes, as git has them. Links have none. */
async function evenModes(folder: string, depth: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (depth === 0 && entry.name === ".git") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await chmod(path, 0o755);
      await evenModes(path, depth + 1);
    } else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
