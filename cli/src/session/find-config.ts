import { lstatSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Config, configError, onThisMachine, parseConfig, quoteInput, UserError } from "@slipway/pipeline";

export interface FoundConfig {
  readonly config: Config;
  /** Absolute. */
  readonly file: string;
}
const name = "slipway.yaml";
const largest = 1024 * 1024;

/** The file that a flag names, or slipway.yaml here or above; null: there is none. @throws UserError */
export function findConfig(folder: string, named: string | null, local: boolean): FoundConfig | null {
  const file = named === null ? findAbove(folder) : resolve(folder, named);
  if (file === null) return null;
  const parsed = parseConfig(readConfigFile(file, named), named ?? name);
  if (!parsed.ok) throw configError(parsed.problems);
  return { file, config: local ? onThisMachine(parsed.config) : parsed.config };
}

/** Where it lies. @throws UserError when there is none */
export function configFile(folder: string, named: string | null): string {
  const file = named === null ? findAbove(folder) : resolve(folder, named);
  if (file === null) throw noConfig();
  return file;
}

function findAbove(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, name);
    if (lstatSync(file, { throwIfNoEntry: false })) return file;
    if (dirname(at) === at) return null;
  }
}

function readConfigFile(file: string, named: string | null): string {
  try {
    const found = statSync(file);
    if (!found.isFile()) throw new UserError({ code: "config-invalid", message: `${shown(file, named)} is no file` });
    if (found.size > largest)
      throw new UserError({ code: "config-invalid", message: `${shown(file, named)} is larger than 1 MiB` });
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    const because = (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not there" : "cannot be read";
    throw new UserError({
      code: "config-missing",
      message: `Usage: ${shown(file, named)} ${because}. Nothing was changed.`,
      cause: error,
    });
  }
}
const shown = (file: string, named: string | null): string => (named === null ? file : quoteInput(named));

export const noConfig = (): UserError =>
  new UserError({
    code: "config-missing",
    message: `No ${name} here or above. Start with:  promote init`,
  });
