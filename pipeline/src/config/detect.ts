import { findGoApp } from "./detect/go-app.ts";
import { findMigrations } from "./detect/migrations.ts";
import { findNodeApp } from "./detect/node-app.ts";
import type { Proposal, ServiceProposal } from "./detect/proposal.ts";
import { nothingProposed } from "./detect/proposal.ts";
import { findPythonApp } from "./detect/python-app.ts";
import { type InitFinding, type RepositoryLook, readJsonObject, topLevel } from "./detect/repository-look.ts";
import { findStartCommands, type StartCommands } from "./detect/start-commands.ts";
import { findStaticSite } from "./detect/static-site.ts";
import { writeConfig } from "./detect/write-config.ts";
import { type ConfigAnswer, parseConfig } from "./load.ts";

export type { RepositoryLook } from "./detect/repository-look.ts";

/** What `promote init` found, and the file that it writes: it always loads. */
export interface Detection {
  readonly app: string;
  readonly findings: readonly InitFinding[];
  /** The text of slipway.yaml. */
  readonly yaml: string;
}

/** Looks at a repository and proposes a slipway.yaml; runs nothing, and marks each guess with "check this". */
export function detectConfig(look: RepositoryLook): Detection {
  const app = appNameOf(look);
  const schemaIsInstalled = look.files.includes("package.json");
  const proposal = propose(look);
  const yaml = writeConfig(app, proposal, schemaIsInstalled);
  const answer = parseConfig(yaml, "slipway.yaml");
  if (answer.ok) return { app, findings: proposal.findings.toSorted(byCertaintyAndKey), yaml };
  // Two things that were seen contradict each other; a plain guess that loads is better than none.
  const guess = guessService(look);
  const findings = [...proposal.findings, contradiction(answer), ...guess.findings];
  return { app, findings, yaml: writeConfig(app, guess, schemaIsInstalled) };
}

const keyOrder = ["build", "services", "migrations", "web"];
/** In the order of the file; what a person has to check comes last, where it is read. */
function byCertaintyAndKey(one: InitFinding, other: InitFinding): number {
  const rank = ({ key, certain }: InitFinding) => keyOrder.indexOf(key.split(".")[0] ?? "") + (certain ? 0 : 10);
  return rank(one) - rank(other);
}

function contradiction(answer: Extract<ConfigAnswer, { ok: false }>): InitFinding {
  const [problem] = answer.problems;
  const seen = `${problem?.path ?? ""} ${problem?.message ?? "does not load"}`.trim();
  return { source: "together", seen, key: "slipway.yaml", certain: false };
}

function appNameOf(look: RepositoryLook): string {
  const named = readJsonObject(look, "package.json")?.name;
  const name = typeof named === "string" ? named.replace(/^@[^/]*\//, "") : look.name;
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 31)
    .replace(/-+$/, "");
  return plain === "" ? "app" : plain;
}

function propose(look: RepositoryLook): Proposal {
  const node = findNodeApp(look);
  const server = [node, findPythonApp(look), findGoApp(look)].find(({ services }) => services.length > 0);
  const start = findStartCommands(look);
  const base = merged(node, server && server !== node ? server : nothingProposed);
  const services = startedBy(start, look, base.services);
  const site = base.web ? nothingProposed : findStaticSite(look);
  const withSite = merged(
    { ...base, services: services.services, findings: [...base.findings, ...services.findings] },
    site,
  );
  const whole = merged(withSite, { ...nothingProposed, ...findMigrations(look) });
  const isEmpty = whole.services.length === 0 && whole.web === null;
  return fitTogether(isEmpty ? merged(whole, guessService(look)) : whole);
}

const merged = (one: Proposal, other: Proposal): Proposal => ({
  findings: [...one.findings, ...other.findings],
  build: [...one.build, ...other.build],
  services: [...one.services, ...other.services],
  migrations: one.migrations ?? other.migrations,
  web: one.web ?? other.web,
});

/** A command that somebody wrote down for starting the app wins over what the sources suggest. */
function startedBy(start: StartCommands, look: RepositoryLook, seen: readonly ServiceProposal[]) {
  const [first, ...others] = seen;
  const named = first ?? (start.web === null ? undefined : guessService(look).services[0]);
  if (!named) return { services: seen, findings: [] };
  const isSure = start.findings.some(({ key, certain }) => certain && key === "services.api.run");
  // A Dockerfile's command is for its own file system: it counts only where nothing better is known.
  const web = isSure || first === undefined ? start.web : null;
  const api: ServiceProposal =
    web === null
      ? named
      : {
          ...named,
          run: withPackages(named, web),
          guesses: named.guesses.filter((guess) => guess !== "run" || !isSure),
        };
  const names = new Set([api.name, ...others.map(({ name }) => name)]);
  const workers = start.workers
    .filter(({ name }) => !names.has(name))
    .map(
      ({ name, run }): ServiceProposal => ({
        ...api,
        name,
        run: withPackages(api, run),
        port: null,
        paths: null,
        health: null,
        smoke: [],
        guesses: [],
      }),
    );
  const findings = web === null && start.workers.length === 0 ? [] : start.findings;
  return { services: [api, ...others, ...workers], findings };
}

/** A Python command finds its packages only where the service's own command says so, and their programs as modules. */
function withPackages(service: ServiceProposal, run: string): string {
  const prefix = /^env PYTHONPATH=\S+ /.exec(service.run)?.[0];
  if (prefix === undefined) return run;
  return `${prefix}${run.replace(/^(sh -c '(?:exec )?)?(gunicorn|uvicorn|flask) /, "$1python3 -m $2 ")}`;
}

/** What the parts ask of each other: paths beside a web, the migrations inside the image that runs them. */
function fitTogether(proposal: Proposal): Proposal {
  const findings = [...proposal.findings];
  const services = proposal.services.map((service, index): ServiceProposal => {
    let fitted = service;
    if (proposal.web === null) fitted = { ...fitted, paths: null };
    else if (fitted.port !== null && fitted.paths === null) {
      fitted = { ...fitted, paths: ["/api/*"], guesses: [...fitted.guesses, "paths"] };
    }
    const { migrations } = proposal;
    if (index > 0 || migrations?.engine !== "knex") return fitted;
    const isHeld = fitted.files.some((file) => migrations.folder === file || migrations.folder.startsWith(`${file}/`));
    return isHeld ? fitted : { ...fitted, files: [...fitted.files, migrations.folder] };
  });
  const orphaned = proposal.migrations?.engine === "knex" && services.length === 0;
  if (orphaned) {
    findings.push({
      source: "no service",
      seen: "whose image would run Knex; left out",
      key: "migrations",
      certain: false,
    });
  }
  return { ...proposal, findings, services, migrations: orphaned ? null : proposal.migrations };
}

/** Nothing was recognised: a service that a person has to complete. */
function guessService(look: RepositoryLook): Proposal {
  const files = topLevel(look, (file) => !/^(?:README|LICENSE|CHANGELOG|slipway\.yaml)/i.test(file));
  const service: ServiceProposal = {
    name: "api",
    files: files.length > 0 ? files.slice(0, 50) : ["."],
    run: "./start",
    port: "PORT",
    paths: null,
    health: "/",
    smoke: [],
    guesses: ["files", "run", "port", "health"],
  };
  const seen = 'a service started by ./start is a guess: "check this"';
  return {
    ...nothingProposed,
    findings: [{ source: "no known app", seen, key: "services.api", certain: false }],
    services: [service],
  };
}
