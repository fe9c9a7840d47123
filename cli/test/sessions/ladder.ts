import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { purgePlatform } from "@slipway/pipeline/local";
import { freePorts } from "../scratch-app.ts";
import { launcher, type Ran, type Started, startPromote } from "../start-promote.ts";
import { type Commit, commits, files } from "./app.ts";
import { openPty, type Pty } from "./pty.ts";

const preloads = [new URL("./fixed-machine.ts", import.meta.url), new URL("./hold-step.ts", import.meta.url)].map(
  ({ href }) => `--import=${href}`,
);
const isolated = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

export type CommitName = keyof typeof commits;

export interface Call {
  /** When it is called, by the session's clock; absent: the machine's. */
  readonly at?: string;
  readonly by?: string;
  readonly columns?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A real ladder of dev, staging and prod on this machine, for an app whose commits are the same wherever it is made. */
export class Ladder {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-sessions-"));
  /** Services find it as STATE: what is there outlives each of them, as a database does. */
  readonly state = `${this.folder}-state`;
  /** The board's; dev, staging and prod follow. Five digits. */
  readonly port: number;
  readonly #shas = new Map<string, string>();

  private constructor(port: number) {
    this.port = port;
  }

  static async make(names: readonly CommitName[]): Promise<Ladder> {
    const ladder = new Ladder(await freePorts(4));
    ladder.git("init", "--quiet", "--initial-branch=main");
    const isOrders = names[0] === "orders";
    if (!isOrders) ladder.write(files);
    for (const name of names) ladder.#commit(name, commits[name]);
    if (isOrders) return ladder;
    // What is committed is the same everywhere; the port that is free here is not, and is nobody's change.
    ladder.git("update-index", "--skip-worktree", "slipway.yaml");
    ladder.write({
      "slipway.yaml": ladder
        .git("show", "HEAD:slipway.yaml")
        .replace("port: 4600", `port: ${ladder.port}, env: { STATE: ${ladder.state} }`),
    });
    return ladder;
  }

  sha(name: CommitName): string {
    const sha = this.#shas.get(name);
    if (sha === undefined) throw new Error(`${name} was not committed`);
    return sha;
  }

  #commit(name: string, { subject, date, files: changed }: Commit): void {
    this.write(changed);
    this.git("add", "--all");
    const identity = ["-c", "user.name=Octo Cat", "-c", "user.email=octocat@example.invalid"];
    const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    this.gitAs([...identity, "commit", "--quiet", "--no-verify", "--message", subject], dates);
    this.#shas.set(name, this.git("rev-parse", "HEAD"));
  }

  write(texts: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
  }

  git(...args: readonly string[]): string {
    return this.gitAs(args);
  }

  gitAs(args: readonly string[], variables: Readonly<Record<string, string>> = {}): string {
    const env = { ...process.env, ...isolated, ...variables };
    return execFileSync("git", args, { cwd: this.folder, env, encoding: "utf8" }).trim();
  }

  /** What the command line is called with: nothing of whoever runs the tests but the way to programs. */
  variables({ at, by = "octocat", variables = {} }: Call): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "/",
      TZ: "Europe/Berlin",
      LANG: "en_US.UTF-8",
      ...isolated,
      NODE_OPTIONS: preloads.join(" "),
      SESSION_LOGIN: by,
      ...(at === undefined ? {} : { SESSION_NOW: at }),
      ...variables,
    };
  }

  open(args: readonly string[], call: Call = {}): Pty {
    const { columns = 100 } = call;
    const input = { program: process.execPath, args: [launcher, ...args], folder: this.folder, columns };
    return openPty({ ...input, variables: this.variables(call) });
  }

  start(args: readonly string[], call: Call = {}): Started {
    return startPromote(args, this.folder, this.variables(call));
  }

  run(args: readonly string[], call: Call = {}): Promise<Ran> {
    return this.start(args, call).ended;
  }

  /** @throws Error unless it ends with 0 */
  async do(args: readonly string[], call: Call = {}): Promise<Ran> {
    const ran = await this.run(args, call);
    if (ran.exit !== 0) throw new Error(`promote ${args.join(" ")} ended with ${ran.exit}: ${ran.err}${ran.out}`);
    return ran;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests assert the fields
  async json(args: readonly string[], call: Call = {}): Promise<any> {
    return JSON.parse((await this.run([...args, "--json"], call)).out);
  }

  async remove(): Promise<void> {
    await purgePlatform(this.folder);
    for (const folder of [this.folder, this.state]) rmSync(folder, { recursive: true, force: true });
  }
}
