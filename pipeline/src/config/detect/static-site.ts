import { servesItsPages } from "./node-web.ts";
import { nothingProposed, type Proposal } from "./proposal.ts";
import { folderOf, type InitFinding, type RepositoryLook } from "./repository-look.ts";

interface Generator {
  readonly name: string;
  readonly marker: RegExp;
  readonly build: string;
  readonly folder: string;
}
/** Output folders are the documented defaults. */
const generators: readonly Generator[] = [
  { name: "Hugo", marker: /^hugo\.(?:toml|ya?ml|json)$/, build: "hugo --minify", folder: "public" },
  { name: "MkDocs", marker: /^mkdocs\.ya?ml$/, build: "mkdocs build", folder: "site" },
  { name: "Jekyll", marker: /^_config\.ya?ml$/, build: "bundle exec jekyll build", folder: "_site" },
];
const webFile = /\.(?:html?|css|m?js|json|svg|png|jpe?g|gif|webp|avif|ico|txt|xml|webmanifest|woff2?|pdf|mp4|wasm)$/i;
const notServed =
  /^(?:package(?:-lock)?\.json|tsconfig\.json|node_modules|tests?|docs|README.*|requirements\.txt|.*\.config\.m?js)$/i;

/** Pages without a server: what a generator writes, or a folder of files as it stands. */
export function findStaticSite(look: RepositoryLook): Proposal {
  for (const generator of generators) {
    const marker = look.files.find((file) => generator.marker.test(file));
    if (marker === undefined) continue;
    const findings = [
      { source: marker, seen: `${generator.name}, ${generator.build}, ${generator.folder}`, key: "web", certain: true },
    ];
    return proposal(findings, [generator.build], generator.folder);
  }
  const page = look.files
    .filter((file) => /^(?:(?:public|site|www|html|web|static|src|docs)\/)?index\.html$/.test(file))
    .toSorted((a, b) => a.length - b.length)[0];
  if (page === undefined) return nothingProposed;
  const folder = folderOf(page);
  if (folder !== "" && servesItsPages(look, folder)) {
    const seen = "pages, handed out by the app itself";
    return { ...nothingProposed, findings: [{ source: `${folder}/`, seen, key: "web", certain: true }] };
  }
  if (folder === "") return siteAtRoot(look);
  const needsBuild = look.files.some(
    (file) => file.startsWith(`${folder}/`) && /\.(?:tsx?|jsx|vue|svelte)$/.test(file),
  );
  if (!needsBuild) return proposal([sighting(look, folder)], [], folder);
  const seen = 'sources of pages; dist is a guess: "check this"';
  const finding = { source: `${folder}/`, seen, key: "web.folder", certain: false };
  return proposal([finding], [], "dist", true);
}

function sighting(look: RepositoryLook, folder: string): InitFinding {
  const count = look.files.filter((file) => file.startsWith(`${folder}/`)).length;
  return {
    source: `${folder}/`,
    seen: `${count === 1 ? "1 file" : `${count} files`}, index.html`,
    key: "web",
    certain: true,
  };
}

/** The root holds more than pages, so what is served is copied into a folder first. */
function siteAtRoot(look: RepositoryLook): Proposal {
  const roots = look.files.filter((file) => webFile.test(file)).map((file) => file.split("/")[0] ?? file);
  const entries = [...new Set(roots)].filter((entry) => /^[A-Za-z0-9][\w.@+-]*$/.test(entry) && !notServed.test(entry));
  const folder = look.files.some((file) => file.startsWith("dist/")) ? "site-out" : "dist";
  const finding = { source: "index.html", seen: `pages at the root, copied to ${folder}`, key: "web", certain: true };
  return proposal([finding], [`mkdir -p ${folder}`, `cp -R ${entries.slice(0, 100).join(" ")} ${folder}`], folder);
}

const proposal = (
  findings: readonly InitFinding[],
  build: readonly string[],
  folder: string,
  guess = false,
): Proposal => ({
  ...nothingProposed,
  findings,
  build,
  web: { folder, assets: [], fallback: null, guess },
});
