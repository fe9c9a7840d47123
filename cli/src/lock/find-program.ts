import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** Where a program lies, as a shell would find it; null: nowhere. */
export function findProgram(name: string, folder: string, path: string | undefined): string | null {
  if (name.includes("/")) return isProgram(resolve(folder, name)) ? resolve(folder, name) : null;
  const folders = (path ?? "").split(delimiter).filter((entry) => entry !== "");
  return folders.map((entry) => join(resolve(folder, entry), name)).find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
