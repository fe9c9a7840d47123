/** A repository as `promote init` sees it: what git tracks, and nothing that is run. */
export interface RepositoryLook {
  /** Of the folder or the remote; becomes the app's name when nothing else does. */
  readonly name: string;
  /** Tracked files, relative to the root, with `/`. */
  readonly files: readonly string[];
  /** Text of a tracked file; null when it is not there, too large or no text. */
  read(path: string): string | null;
}

/** One thing that was seen (or missed), and the key of slipway.yaml that it sets. */
export interface InitFinding {
  /** A path, or what is missing. */
  readonly source: string;
  readonly seen: string;
  readonly key: string;
  /** False: a guess, marked "check this" in the file. */
  readonly certain: boolean;
}

/** Enough of a repository's sources to know its routes; more would only be slow. */
const mostSources = 400;
/** A larger file was written by a tool. */
const longestSource = 200_000;
const sourceFile = /\.(?:[cm]?[jt]sx?|py|go|rb|php)$/;
const notTheApp =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|docs|examples?|node_modules|vendor|scripts|migrations)\/|[._](?:test|spec)\.|_test\.go$|(?:^|\/)test_[^/]*\.py$/;

/** Texts of the app's own sources below a folder ("" for all), without tests. */
export function readSources(look: RepositoryLook, folder: string): readonly string[] {
  return look.files
    .filter((file) => isBelow(file, folder) && sourceFile.test(file) && !notTheApp.test(file))
    .slice(0, mostSources)
    .flatMap((file) => look.read(file) ?? [])
    .filter((text) => text.length <= longestSource);
}

export const isBelow = (file: string, folder: string): boolean => folder === "" || file.startsWith(`${folder}/`);
export const folderOf = (file: string): string => file.split("/").slice(0, -1).join("/");
export const joined = (...parts: readonly string[]): string =>
  parts
    .flatMap((part) => part.split("/"))
    .filter((part) => part !== "" && part !== ".")
    .join("/");

/** Files and folders at the root that hold what the test accepts, without those that no image needs. */
export function topLevel(look: RepositoryLook, accepts: (file: string) => boolean): readonly string[] {
  const wanted = look.files.filter((file) => accepts(file) && !notTheApp.test(file) && !file.startsWith("."));
  return [...new Set(wanted.map((file) => file.split("/")[0] ?? file))].filter((entry) => /^[\w.@+-]+$/.test(entry));
}

/** A JSON object; null for anything else, so that a broken file is merely not recognised. */
export function readJsonObject(look: RepositoryLook, path: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(look.read(path) ?? "null");
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
