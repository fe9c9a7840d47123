import { randomUUID } from "node:crypto";
import { link, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, isDigest } from "../identifiers.ts";
import type { ImageCellar, KeptImage } from "../release/build-ports.ts";
import { hexOf } from "../release/store-keys.ts";
import { codeOf } from "./file-error.ts";

/** A tar on its way out has another name until it is certain that it is the one that was to go. */
const leaving = /^\.(?<hex>[0-9a-f]{64})\.[0-9a-f-]{36}\.leaving$/;

/** The tars of an image store's folder, for the collector. */
export function createImageCellar(folder: string): ImageCellar {
  return {
    async list() {
      await takeAllBack(folder);
      const looks = await Promise.all((await namesIn(folder)).map((name) => lookAt(folder, name)));
      return looks.filter((look) => look !== null);
    },
    async remove({ digest, write }) {
      const path = join(folder, `${hexOf(digest)}.tar`);
      const aside = `.${hexOf(digest)}.${randomUUID()}.leaving`;
      // Whoever writes the image anew meanwhile makes another file, or gives this one another time.
      if ((await writeAt(path))?.write !== write) return "conflict";
      if (!(await unlessGone(rename(path, join(folder, aside))))) return "conflict";
      if ((await writeAt(join(folder, aside)))?.write !== write) {
        await putBack(folder, aside);
        return "conflict";
      }
      await rm(join(folder, aside), { force: true });
      return "removed";
    },
  };
}

/**
 * A collector that was killed, or is at it just now, has given a tar another name: whoever looks for the image gives it its own
 * again. The collector that is at it removes the other name alone. False: nothing of it is there.
 */
export const takeBack = (folder: string, digest: Digest): Promise<boolean> => putBackThose(folder, hexOf(digest));

/** The same for every image. */
export const takeAllBack = (folder: string): Promise<boolean> => putBackThose(folder, null);

async function putBackThose(folder: string, hex: string | null): Promise<boolean> {
  const asides = (await namesIn(folder)).filter((name) => {
    const found = leaving.exec(name)?.groups?.hex;
    return found !== undefined && (hex === null || found === hex);
  });
  for (const aside of asides) await putBack(folder, aside);
  return asides.length > 0;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
}

async function lookAt(folder: string, name: string): Promise<KeptImage | null> {
  const digest = `sha256:${name.replace(/\.tar$/, "")}`;
  if (!isDigest(digest) || !name.endsWith(".tar")) return null;
  const found = await writeAt(join(folder, name));
  return found && { digest, ...found };
}

async function writeAt(path: string): Promise<Omit<KeptImage, "digest"> | null> {
  try {
    const { ino, mtimeNs, mtimeMs, size } = await stat(path, { bigint: true });
    return { write: `${ino}-${mtimeNs}`, ageMilliseconds: Date.now() - Number(mtimeMs), bytes: Number(size) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Somebody was stopped while it left, or it was not the one. A newer one that took its name stays. */
async function putBack(folder: string, aside: string): Promise<void> {
  const hex = leaving.exec(aside)?.groups?.hex ?? "";
  await unlessGone(
    link(join(folder, aside), join(folder, `${hex}.tar`)).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    }),
  );
  await rm(join(folder, aside), { force: true });
}

async function unlessGone(act: Promise<void>): Promise<boolean> {
  try {
    await act;
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
