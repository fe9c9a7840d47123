import { parseCommand } from "../commands.ts";
import type { InitFinding, RepositoryLook } from "./repository-look.ts";

/** What a Procfile or a Dockerfile says about starting the app. */
export interface StartCommands {
  readonly findings: readonly InitFinding[];
  /** For the service that answers HTTP; null: none is named. */
  readonly web: string | null;
  readonly workers: readonly { readonly name: string; readonly run: string }[];
}

/** A Procfile is meant for exactly this; a Dockerfile's CMD is the next best. */
export function findStartCommands(look: RepositoryLook): StartCommands {
  return readProcfile(look) ?? readDockerfile(look) ?? { findings: [], web: null, workers: [] };
}

function readProcfile(look: RepositoryLook): StartCommands | null {
  const lines = (look.read("Procfile") ?? "").split("\n");
  const entries = lines.flatMap((line) => {
    const match = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/.exec(line);
    const run = match?.[2] === undefined ? null : withoutShell(match[2]);
    return match?.[1] !== undefined && run !== null ? [{ name: match[1], run }] : [];
  });
  if (entries.length === 0) return null;
  const findings = entries.map(({ name, run }) => {
    if (name === "release")
      return { source: "Procfile", seen: `release: ${run}; not taken`, key: "migrations", certain: false };
    const key = name === "web" ? "services.api.run" : `services.${name}`;
    return { source: "Procfile", seen: `${name}: ${run}`, key, certain: true };
  });
  const workers = entries.filter(
    ({ name }) => name !== "release" && /^(?!web$)[a-z][a-z0-9-]{0,30}$/.test(name) && name !== "api",
  );
  return { findings, web: entries.find(({ name }) => name === "web")?.run ?? null, workers };
}

function readDockerfile(look: RepositoryLook): StartCommands | null {
  const text = look.read("Dockerfile") ?? "";
  const last = [...text.matchAll(/^\s*(?:CMD|ENTRYPOINT)\s+(.+?)\s*$/gim)].at(-1)?.[1];
  if (last === undefined) return null;
  const words = execForm(last);
  const run = words ? words.map(quoteWord).join(" ") : withoutShell(last);
  if (run === null || !parseCommand(run).ok) return null;
  return {
    findings: [{ source: "Dockerfile", seen: `CMD ${run}`, key: "services.api.run", certain: false }],
    web: run,
    workers: [],
  };
}

function execForm(text: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : null;
  } catch {
    return null;
  }
}

const quoteWord = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word}'`);

/** A command that needs a shell for `$PORT` or `&&` gets one, named; null when not even that can be written. */
export function withoutShell(text: string): string | null {
  const variables = /^(?:cross-env\s+)?((?:[A-Za-z_]\w*=[\w./:@-]*\s+)+)(\S.*)$/.exec(text);
  const command = variables ? `env ${variables[1]}${variables[2]}` : text;
  if (parseCommand(command).ok) return command;
  const wrapped = `sh -c '${/&&|[|;]/.test(command) ? command : `exec ${command}`}'`;
  return !command.includes("'") && parseCommand(wrapped).ok ? wrapped : null;
}
