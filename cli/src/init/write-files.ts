import { chmodSync, linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@slipway/pipeline";

const configName = "slipway.yaml";
const ignoreName = ".gitignore";
const ignoredLine = ".slipway/";

/**
 * Writes slipway.yaml, whole or not at all, and never over one that is there; before it, if asked to, the line of .gitignore,
 * which is taken back if the file cannot be written.
 * @throws UserError config-exists, usage
 */
export function writeFiles(root: string, yaml: string, ignore: boolean): void {
  const takeBack = ignore ? ignoreFolder(join(root, ignoreName)) : () => undefined;
  try {
    createWhole(join(root, configName), yaml);
  } catch (error) {
    takeBack();
    throw error;
  }
}

export const configExists = (): UserError =>
  new UserError({
    code: "config-exists",
    message: `${configName} is here already. Nothing was written.`,
    where: { file: configName, line: null, path: null },
    next: ["promote init --print"],
  });

/** A link is made of a whole file: a name that is taken refuses it, and no other moment shows half of it. */
function createWhole(file: string, text: string): void {
  const fresh = writeBeside(file, text);
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw configExists();
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Answers how to take it back. */
function ignoreFolder(file: string): () => void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) {
    replaceWhole(file, `${ignoredLine}\n`);
    return () => rmSync(file, { force: true });
  }
  if (!found.isFile()) {
    const message = `${ignoreName} is no plain file, which git does not read. Nothing was written.`;
    throw new UserError({ code: "usage", message });
  }
  const before = readFileSync(file, "utf8");
  const end = before.includes("\r\n") ? "\r\n" : "\n";
  const gap = before === "" || before.endsWith("\n") ? "" : end;
  replaceWhole(file, `${before}${gap}${ignoredLine}${end}`, found.mode);
  return () => replaceWhole(file, before, found.mode);
}

function replaceWhole(file: string, text: string, mode?: number): void {
  const fresh = writeBeside(file, text);
  if (mode !== undefined) chmodSync(fresh, mode & 0o777);
  renameSync(fresh, file);
}

/** @throws UserError for a folder that cannot be written to */
function writeBeside(file: string, text: string): string {
  const fresh = `${file}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text, { flag: "wx" });
    return fresh;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM") throw error;
    throw new UserError({
      code: "usage",
      message: "this folder cannot be written to. Nothing was written.",
      cause: error,
    });
  }
}
