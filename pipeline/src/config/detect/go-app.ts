import { httpService } from "./http-service.ts";
import { nothingProposed, type Proposal, type ServiceProposal } from "./proposal.ts";
import { folderOf, type InitFinding, isBelow, type RepositoryLook } from "./repository-look.ts";

/** A Go module: each main package that listens is the API, each other below cmd/ a worker. */
export function findGoApp(look: RepositoryLook): Proposal {
  const module = look.read("go.mod");
  if (module === null) return nothingProposed;
  const mains = [...new Set(look.files.filter((file) => isMain(look, file)).map(folderOf))];
  const server = mains.find((folder) => listens(look, folder)) ?? mains[0];
  if (server === undefined) return nothingProposed;
  const name = /^module\s+\S*?([\w.-]+)\s*$/m.exec(module)?.[1] ?? "module";
  const { service, finding } = httpService(look, {
    source: server === "" ? "main.go" : `${server}/`,
    folder: "",
    files: ["bin/api"],
    run: "./bin/api",
    guesses: listens(look, server) ? [] : ["run"],
  });
  const workers = mains
    .filter((folder) => folder !== server && /^cmd\/[a-z][a-z0-9-]{0,30}$/.test(folder))
    .map(workerOf);
  const findings: InitFinding[] = [
    {
      source: "go.mod",
      seen: `Go, module ${name}, ${mains.length === 1 ? "1 program" : `${mains.length} programs`}`,
      key: "build",
      certain: true,
    },
    finding,
    ...workers.map(({ name: worker }) => ({
      source: `cmd/${worker}/`,
      seen: 'a program that does not listen: a worker, "check this"',
      key: `services.${worker}`,
      certain: false,
    })),
  ];
  return {
    ...nothingProposed,
    findings,
    build: [buildOf("api", server), ...workers.map(({ name: worker }) => buildOf(worker, `cmd/${worker}`))],
    services: [service, ...workers],
  };
}

/** `-trimpath` keeps the folder of the checkout out of the binary, so that two builds are the same. */
const buildOf = (name: string, folder: string): string => `go build -trimpath -o bin/${name} ./${folder}`;

const isMain = (look: RepositoryLook, file: string): boolean =>
  /^(?:cmd\/[\w-]+\/|[\w-]+\/)?[\w-]+\.go$/.test(file) &&
  !file.endsWith("_test.go") &&
  /^package main\b/m.test(look.read(file) ?? "") &&
  /^func main\(\)/m.test(look.read(file) ?? "");

const listens = (look: RepositoryLook, folder: string): boolean =>
  look.files.some(
    (file) =>
      isBelow(file, folder) &&
      file.endsWith(".go") &&
      /ListenAndServe|\.Run\(|\.Start\(|\.Listen\(/.test(look.read(file) ?? ""),
  );

function workerOf(folder: string): ServiceProposal {
  const name = folder.slice("cmd/".length);
  return {
    name,
    files: [`bin/${name}`],
    run: `./bin/${name}`,
    port: null,
    paths: null,
    health: null,
    smoke: [],
    guesses: ["run"],
  };
}
