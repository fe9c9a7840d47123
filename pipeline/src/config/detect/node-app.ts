import { httpService } from "./http-service.ts";
import { findNodeWeb } from "./node-web.ts";
import { packagesAtRuntime, pruneCommand } from "./packages-at-runtime.ts";
import { nothingProposed, type Proposal, type ServiceProposal } from "./proposal.ts";
import {
  folderOf,
  type InitFinding,
  isBelow,
  isObject,
  joined,
  type RepositoryLook,
  readJsonObject,
  topLevel,
} from "./repository-look.ts";
import { withoutShell } from "./start-commands.ts";

/** A folder with a package.json. */
export interface NodePackage {
  /** "" at the root. */
  readonly folder: string;
  readonly scripts: Readonly<Record<string, string>>;
  /** Those of development too. */
  readonly dependencies: readonly string[];
  readonly development: readonly string[];
  readonly manager: "npm" | "pnpm" | "yarn";
  readonly locked: boolean;
}

const servers = [
  "express",
  "koa",
  "fastify",
  "hono",
  "@hono/node-server",
  "@hapi/hapi",
  "restify",
  "polka",
  "@nestjs/core",
];
const serverFolders = ["", "server", "api", "backend"];

/** npm, pnpm and yarn apps: a server, a web that a bundler builds, or both, at the root or in folders of their own. */
export function findNodeApp(look: RepositoryLook): Proposal {
  const packages = ["", "server", "api", "backend", "web", "client", "frontend", "app"].flatMap(
    (folder) => readPackage(look, folder) ?? [],
  );
  const [root] = packages;
  if (!root) return nothingProposed;
  const server = packages
    .filter(({ folder }) => serverFolders.includes(folder))
    .find((pack) => findServerFile(look, pack));
  const found = server ? findServer(look, server) : null;
  const web = findNodeWeb(look, packages);
  const used = packages.filter((pack) => pack.folder === "" || pack === server || pack === web?.package);
  return {
    findings: [...used.map(packageFinding), ...(found?.findings ?? []), ...(web?.findings ?? [])],
    build: [...used.flatMap(buildCommands), ...(server && found?.isPruned ? [pruneCommand(server)] : [])],
    services: found ? [found.service] : [],
    migrations: null,
    web: web?.web ?? null,
  };
}

function readPackage(look: RepositoryLook, folder: string): NodePackage | null {
  const json = readJsonObject(look, joined(folder, "package.json"));
  if (!json) return null;
  const scripts = isObject(json.scripts) ? json.scripts : {};
  const namesOf = (part: unknown): readonly string[] => (isObject(part) ? Object.keys(part) : []);
  const installed = namesOf(json.dependencies);
  const development = namesOf(json.devDependencies).filter((name) => !installed.includes(name));
  const has = (file: string) => look.files.includes(joined(folder, file));
  const manager = has("pnpm-lock.yaml") ? "pnpm" : has("yarn.lock") ? "yarn" : "npm";
  return {
    folder,
    scripts: Object.fromEntries(
      Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    dependencies: [...installed, ...development],
    development,
    manager,
    locked: manager !== "npm" || has("package-lock.json") || has("npm-shrinkwrap.json"),
  };
}

function packageFinding({ folder, manager, scripts, locked }: NodePackage): InitFinding {
  const named = ["build", "start", "test"].filter((name) => scripts[name] !== undefined);
  const told = named.length === 0 ? "no scripts" : `scripts ${named.join(", ").replace(/, (?=[^,]*$)/, " and ")}`;
  const seen = `${manager}, ${told.replace(/^scripts (\w+)$/, "script $1")}${locked ? "" : ", no lock file"}`;
  return { source: joined(folder, "package.json"), seen, key: "build", certain: locked };
}

function buildCommands({ folder, manager, scripts, dependencies, locked }: NodePackage): readonly string[] {
  const inFolder =
    folder === "" ? "" : { npm: ` --prefix ${folder}`, pnpm: ` --dir ${folder}`, yarn: ` --cwd ${folder}` }[manager];
  const install = {
    npm: locked ? "ci" : "install",
    pnpm: "install --frozen-lockfile",
    yarn: "install --frozen-lockfile",
  }[manager];
  const commands = dependencies.length > 0 ? [`${manager}${inFolder} ${install}`] : [];
  return scripts.build === undefined ? commands : [...commands, `${manager}${inFolder} run build`];
}

function findServerFile(look: RepositoryLook, { folder, dependencies, scripts }: NodePackage): string | null {
  const candidates = look.files.filter((file) => {
    const inside = isBelow(file, folder) ? file.slice(folder === "" ? 0 : folder.length + 1) : "";
    return /^(?:(?:src|server|api|app|apps\/api|src\/server|src\/api)\/)?(?:server|app|main|index|api)\.[cm]?[jt]s$/.test(
      inside,
    );
  });
  const listening = candidates.find((file) => /\.listen\(|\bserve\(|createServer\(/.test(look.read(file) ?? ""));
  if (listening) return listening;
  const serves = dependencies.some((name) => servers.includes(name)) || /^node /.test(scripts.start ?? "");
  return serves ? (candidates[0] ?? joined(folder, "package.json")) : null;
}

function findServer(
  look: RepositoryLook,
  pack: NodePackage,
): { service: ServiceProposal; findings: InitFinding[]; isPruned: boolean } | null {
  const source = findServerFile(look, pack);
  if (source === null) return null;
  const start = runOf(pack, source);
  const program = start.run.split(" ").find((word) => /\.[cm]?[jt]s$/.test(word)) ?? source;
  const folder = folderOf(source) === "" ? pack.folder : folderOf(source);
  const needed = packagesAtRuntime(look, pack, { folder, run: start.run });
  const { service, finding } = httpService(look, {
    source,
    folder,
    files: filesOf(look, pack, program, needed.any),
    run: start.run,
    guesses: start.certain ? [] : ["run"],
  });
  const findings = [finding];
  if (!start.certain)
    findings.push({
      source: start.missing,
      seen: `${start.run} is a guess: "check this"`,
      key: "services.api.run",
      certain: false,
    });
  const isPruned = pack.manager === "npm" && pack.development.length > 0 && needed.any && !needed.development;
  return { service, findings, isPruned };
}

interface Start {
  readonly run: string;
  readonly certain: boolean;
  readonly missing: string;
}
function runOf({ folder, scripts }: NodePackage, source: string): Start {
  const start = scripts.start === undefined ? null : withoutShell(scripts.start.trim());
  const node = /^(env (?:\w+=\S* +)+)?node ((?:--[\w-]+(?:=[\w./-]+)? +)*)([\w./-]+)(.*)$/.exec(start ?? "");
  if (node) {
    const [, variables = "", flags = "", file = "", rest = ""] = node;
    return { run: `${variables}node ${flags}${joined(folder, file)}${rest}`, certain: true, missing: "script start" };
  }
  const missing = scripts.start === undefined ? "no start script" : "script start";
  if (/\.[cm]?js$/.test(source)) return { run: `node ${source}`, certain: scripts.start === undefined, missing };
  const inside = folder === "" ? source : source.slice(folder.length + 1);
  const built = inside.replace(/^src\//, "").replace(/\.([cm]?)ts$/, ".$1js");
  if (scripts.build === undefined) return { run: `node ${source}`, certain: false, missing };
  return { run: `node ${joined(folder, "dist", built)}`, certain: false, missing };
}

/** The folder of the program, what it loads beside it, and the packages. */
function filesOf(
  look: RepositoryLook,
  { folder }: NodePackage,
  program: string,
  holdsPackages: boolean,
): readonly string[] {
  if (folder !== "") return [folder];
  const [first = program, ...rest] = program.split("/");
  const beside = rest.length > 0 ? [first] : topLevel(look, (file) => isRuntimeCode(file));
  const files = new Set([...beside, first, ...(holdsPackages ? ["node_modules"] : []), "package.json"]);
  return [...files];
}
/** Server code, and the views that it reads; a web's sources have a folder of their own. */
const isRuntimeCode = (file: string): boolean =>
  /\.(?:[cm]?js|json|ejs|hbs|pug)$/.test(file) &&
  !/^(?:web|client|frontend|public)\/|^(?:package(?:-lock)?|tsconfig)\.json$|\.config\.[cm]?js$|^knexfile\./.test(file);
