import type { NodePackage } from "./node-app.ts";
import type { WebProposal } from "./proposal.ts";
import { folderOf, type InitFinding, joined, type RepositoryLook, readSources } from "./repository-look.ts";

interface Bundler {
  readonly name: string;
  readonly packages: readonly string[];
  readonly output: string;
  readonly assets: readonly string[];
  readonly fallback: string | null;
}
/** Output folders and hashed names are the documented defaults of each tool. */
const bundlers: readonly Bundler[] = [
  { name: "Astro", packages: ["astro"], output: "dist", assets: ["_astro/**"], fallback: null },
  { name: "Docusaurus", packages: ["@docusaurus/core"], output: "build", assets: ["assets/**"], fallback: null },
  { name: "Eleventy", packages: ["@11ty/eleventy"], output: "_site", assets: [], fallback: null },
  {
    name: "Create React App",
    packages: ["react-scripts"],
    output: "build",
    assets: ["static/**"],
    fallback: "index.html",
  },
  { name: "Parcel", packages: ["parcel"], output: "dist", assets: [], fallback: "index.html" },
];

export interface NodeWeb {
  readonly web: WebProposal;
  readonly findings: readonly InitFinding[];
  readonly package: NodePackage | null;
}

/** What a bundler of the npm world leaves: Vite by its config, others by their package. */
export function findNodeWeb(look: RepositoryLook, packages: readonly NodePackage[]): NodeWeb | null {
  const vite = findVite(look, packages);
  if (vite) return vite;
  for (const pack of packages) {
    const bundler = bundlers.find((candidate) => candidate.packages.some((name) => pack.dependencies.includes(name)));
    if (!bundler) continue;
    const folder = joined(pack.folder, bundler.output);
    const certain = pack.scripts.build !== undefined;
    const seen = `${bundler.name}, ${folder}${certain ? "" : ", no script build"}`;
    return {
      web: { folder, assets: bundler.assets, fallback: bundler.fallback, guess: !certain },
      findings: [{ source: joined(pack.folder, "package.json"), seen, key: "web", certain }],
      package: pack,
    };
  }
  return null;
}

function findVite(look: RepositoryLook, packages: readonly NodePackage[]): NodeWeb | null {
  const config = look.files.find((file) => /(?:^|\/)vite\.config\.[cm]?[jt]s$/.test(file));
  const plain = packages.find(
    (pack) => pack.dependencies.includes("vite") && look.files.includes(joined(pack.folder, "index.html")),
  );
  if (config === undefined && !plain) return null;
  const home = config === undefined ? (plain?.folder ?? "") : folderOf(config);
  const text = config === undefined ? "" : (look.read(config) ?? "");
  const root = /\broot\s*:\s*["'`]([^"'`]+)["'`]/.exec(text)?.[1] ?? "";
  const output = /\boutDir\s*:\s*["'`]([^"'`]+)["'`]/.exec(text)?.[1] ?? "dist";
  const assets = /\bassetsDir\s*:\s*["'`]([\w./-]+)["'`]/.exec(text)?.[1] ?? "assets";
  const folder = resolved(joined(home, root), output);
  const spa = !packages.some((pack) => pack.dependencies.includes("@sveltejs/kit"));
  const pack =
    packages.find((candidate) => candidate.folder === home) ?? packages.find(({ folder }) => folder === "") ?? null;
  const certain = pack?.scripts.build !== undefined && folder !== null;
  const served = folder ?? "dist";
  const seen = `Vite, ${served}, hashed names in ${assets}/`;
  return {
    web: { folder: served, assets: [`${assets}/**`], fallback: spa ? "index.html" : null, guess: !certain },
    findings: [{ source: config ?? joined(home, "index.html"), seen, key: "web", certain }],
    package: pack,
  };
}

/** An output folder is relative to Vite's root and may climb out of it, but not out of the repository. */
function resolved(root: string, output: string): string | null {
  if (output.startsWith("/") || !/^[\w./-]+$/.test(output)) return null;
  const path = root === "" ? [] : root.split("/");
  for (const step of output.split("/")) {
    if (step === "" || step === ".") continue;
    if (step !== "..") path.push(step);
    else if (path.pop() === undefined) return null;
  }
  return path.length > 0 && /^[\w./-]+$/.test(path.join("/")) ? path.join("/") : null;
}

/** Express and others hand out a folder of pages themselves; then it is no web of its own. */
export function servesItsPages(look: RepositoryLook, folder: string): boolean {
  return readSources(look, "").some(
    (source) =>
      /express\.static\(|koa-static|@fastify\/static|serve-static|FileServer\(|StaticFiles\(/.test(source) &&
      source.includes(folder),
  );
}
