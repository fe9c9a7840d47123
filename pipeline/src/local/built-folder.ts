import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { quoteInput } from "../identifiers.ts";
import type { BuiltFolder } from "../release/built-folder.ts";
import { hexOf } from "../release/store-keys.ts";
import { codeOf } from "./file-error.ts";
import type { ImageStore } from "./image-store.ts";

const ownNames: ReadonlySet<string> = new Set(["build.json", "blobs", "images"]);

/** `images` is the target's own store, into which a publication takes what the folder holds; a build needs none. */
export function openBuiltFolder(folder: string, images: ImageStore | null): BuiltFolder {
  const pathOf = (name: string): string => join(folder, name);
  return {
    async clear() {
      const foreign = (await namesIn(folder)).filter((name) => !ownNames.has(name));
      if (foreign.length > 0) {
        throw new UserError({
          code: "usage",
          message: `--out takes an empty folder, or one of an earlier build; ${folder} holds ${quoteInput(foreign[0])}. Nothing was built.`,
        });
      }
      // What makes the folder publishable goes first.
      for (const name of ownNames) await rm(pathOf(name), { recursive: true, force: true });
      await mkdir(pathOf("blobs"), { recursive: true });
    },
    async write(name, bytes) {
      const handle = await open(pathOf(name), "wx");
      try {
        await handle.writeFile(bytes);
      } finally {
        await handle.close();
      }
    },
    read: (name, largest) => readPlainFile(pathOf(name), largest),
    async takeImage(image) {
      if (images === null) throw new Error("a folder that is written takes no image");
      if (image.repository !== "local") {
        return { status: "refused", because: `is kept in ${quoteInput(image.repository)}, not in the folder` };
      }
      return await images.take(image.digest, pathOf(join("images", `${hexOf(image.digest)}.tar`)));
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    if (codeOf(error) !== "ENOTDIR") throw error;
    throw new UserError({ code: "usage", message: `--out takes a folder; ${folder} is a file. Nothing was built.` });
  }
}

/** Neither a link nor a pipe is followed or waited for: somebody else's code wrote the folder. */
async function readPlainFile(path: string, largest: number): Promise<Uint8Array | null | "refused"> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isFile() || found.size > largest) return "refused";
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
