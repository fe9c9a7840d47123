import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process, as /proc tells it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** In ticks since the machine was started; with the number it names one process. */
  readonly startedAt: string;
  readonly words: readonly string[];
  readonly folder: string;
}
/** Where the processes of one scratch app are told from: its own folder, and that of its databases. */
export interface Home {
  readonly root: string;
  readonly data: string;
}
export type Role = "platform" | "guard" | "postmaster" | "backend" | "service" | "runner" | "command";
export type Found = Process & { readonly role: Role };

/** Everything that runs on this machine; a process that ends meanwhile, or waits to be reaped, is left out. Linux alone. */
export function listProcesses(): readonly Process[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
}

export function readProcess(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name, in parentheses, may hold anything; after it state, parent, …, and the start as the 20th.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return null;
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return { pid, parent: Number(parent), startedAt: rest[17] ?? "", words, folder: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    return null;
  }
}

/** Variables that a process was started with; none when it has ended. */
export function variablesOf(pid: number): Readonly<Record<string, string>> {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
    return Object.fromEntries(entries.map((entry) => [entry.split("=", 1)[0], entry.slice(entry.indexOf("=") + 1)]));
  } catch {
    return {};
  }
}

/**
 * Those of them that belong to the app, whoever their parent is now. `known` are guards seen before: theirs is the one
 * program that carries no trace of the app once its platform is gone.
 */
export function familyOf(all: readonly Process[], home: Home, known: readonly Process[] = []): readonly Found[] {
  const platforms = new Set(all.filter((one) => isPlatform(one, home)).map(({ pid }) => pid));
  const isKnown = (one: Process) => known.some(({ pid, startedAt }) => pid === one.pid && startedAt === one.startedAt);
  return all.flatMap((one): Found[] => {
    const role = roleOf(one, home, platforms.has(one.parent) || isKnown(one));
    return role === null ? [] : [{ ...one, role }];
  });
}

const isPlatform = ({ words }: Process, { root }: Home): boolean =>
  words.includes(root) && words.some((word) => /\/platform\/main\.[jt]s$/.test(word));

function roleOf(one: Process, home: Home, isPlatformsChild: boolean): Role | null {
  const { words, folder } = one;
  if (isPlatform(one, home)) return "platform";
  if (isPlatformsChild && words.some((word) => /\/guard-process\.[jt]s$/.test(word))) return "guard";
  if (words.includes(home.data) && (words[0] ?? "").endsWith("/postgres")) return "postmaster";
  if (folder === home.data || words.includes(home.data)) return "backend";
  if (folder.startsWith(`${home.root}/.slipway/`)) return isService(words) ? "service" : "runner";
  return folder === home.root || words.includes(home.root) ? "command" : null;
}

const isService = (words: readonly string[]): boolean => words.some((word) => /^(server|worker)\.js$/.test(word));

/** What is wrong with what runs when nothing is under way: anything but one of each, each of the process that owns it. */
export function strangersIn(family: readonly Found[]): readonly string[] {
  const of = (role: Role) => family.filter((one) => one.role === role);
  const count = (role: Role, wanted: number) =>
    of(role).length === wanted
      ? []
      : [`${of(role).length} of role ${role}, not ${wanted}: ${of(role).map(spell).join(", ")}`];
  const platform = of("platform")[0]?.pid;
  const postmaster = of("postmaster")[0]?.pid;
  const orphans = [
    ...[...of("service"), ...of("guard")].filter(({ parent }) => parent !== platform),
    ...of("backend").filter(({ parent }) => parent !== postmaster),
  ];
  return [
    ...count("platform", 1),
    ...count("guard", 1),
    ...count("postmaster", 1),
    ...count("service", 2),
    ...count("runner", 0),
    ...count("command", 0),
    ...orphans.map((one) => `orphan: ${one.role} ${spell(one)} is a child of ${one.parent}`),
  ];
}

const spell = ({ pid, words }: Process): string => `${pid} ${words.join(" ").trim().slice(0, 120)}`;
