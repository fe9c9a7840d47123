import type { NodePackage } from "./node-app.ts";
import { type RepositoryLook, readSources } from "./repository-look.ts";

/** Migrations run inside the image, whatever kind of dependency their author took them for. */
const neededByMigrations: ReadonlySet<string> = new Set(["knex", "pg"]);
const notRunning = /\.config\.[cm]?[jt]s$|^(?:web|client|frontend)\//;

/** Which packages a service loads while it runs; `folder`: of its sources. */
export function packagesAtRuntime(
  look: RepositoryLook,
  { dependencies, development }: Pick<NodePackage, "dependencies" | "development">,
  { folder, run }: { readonly folder: string; readonly run: string },
): { readonly any: boolean; readonly development: boolean } {
  const running = { ...look, files: look.files.filter((file) => !notRunning.test(file)) };
  const sources = readSources(running, folder);
  // A Procfile may start the app otherwise than the script does.
  const words = `${run} ${look.read("Procfile") ?? ""}`.split(/[\s'"=]+/);
  const loads = (name: string): boolean =>
    neededByMigrations.has(name) ||
    words.some((word) => word === name || word.startsWith(`${name}/`)) ||
    sources.some((text) => imports(text, name));
  const isDevelopmentNeeded = development.some(loads);
  return { any: isDevelopmentNeeded || dependencies.length > development.length, development: isDevelopmentNeeded };
}

const imports = (text: string, name: string): boolean =>
  ['"', "'", "`"].some((quote) => text.includes(`${quote}${name}${quote}`) || text.includes(`${quote}${name}/`));

/**
 * Takes what only development needs (such as `promote` itself) out of the image, after a build that may need it. Not `npm ci --omit=dev`, which runs
 * the script `prepare` without the packages that it was written for.
 */
export const pruneCommand = ({ folder }: Pick<NodePackage, "folder">): string =>
  `npm${folder === "" ? "" : ` --prefix ${folder}`} prune --omit=dev`;
