import { appendFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fakeShell } from "../fake-shell.ts";
import { front } from "../front.ts";
import { ScratchApp } from "../scratch-app.ts";
import { Canary, type Form, findLeaks, forms, type Leak, plainForms } from "./canary.ts";
import { leakingMigration, writeLeakingApp } from "./leaking-app.ts";

/** One way out: where a program says secrets, and the outputs in which we must find that it did. */
export interface Channel {
  readonly name: string;
  readonly said: string;
  /** Whose secret: of whoever calls, or of what services are given. */
  readonly from: "caller" | "env-file";
  readonly forms: readonly Form[];
  /** Names of what was kept (see `Scene`), or `store` for any file below `.slipway`. */
  readonly seenIn: readonly string[];
}

export const channels: readonly Channel[] = [
  { name: "build", said: "a build command's output", from: "caller", forms, seenIn: ["build-events"] },
  {
    name: "failed",
    said: "the last lines of a build that failed",
    from: "caller",
    forms,
    seenIn: ["build-failed-github", "page-build-failed-github"],
  },
  { name: "word", said: "a word of the call that is refused", from: "caller", forms: plainForms, seenIn: ["words"] },
  { name: "reason", said: "the reason of a hold", from: "caller", forms: plainForms, seenIn: ["hold-json"] },
  {
    name: "open",
    said: "the reason of a promotion",
    from: "caller",
    forms: plainForms,
    seenIn: ["store", "history-json"],
  },
  {
    name: "service",
    said: "a service's log",
    from: "env-file",
    forms,
    seenIn: ["logs-text", "logs-json", "logs-events", "store"],
  },
  {
    name: "start",
    said: "what a service says before it ends",
    from: "env-file",
    forms,
    seenIn: ["logs-text", "store"],
  },
  {
    name: "stack",
    said: "the message of an error that nobody caught",
    from: "env-file",
    forms: plainForms,
    seenIn: ["stack-events", "page-stack-events", "logs-text", "store"],
  },
  {
    name: "cause",
    said: "the cause in the stack of an error",
    from: "env-file",
    forms: plainForms,
    seenIn: ["logs-text", "store"],
  },
  {
    name: "migration",
    said: "the error of a migration",
    from: "env-file",
    forms: plainForms,
    seenIn: ["migration-events", "page-migration-events", "store"],
  },
];

/** Variables of the caller that no process of ours has a use for, and the kinds of processes that were looked at. */
export const credentials = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "GITHUB_TOKEN",
  "GH_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "ACTIONS_RUNTIME_TOKEN",
] as const;

const variableOf = (channel: string, form: Form): string =>
  `LEAK_${channel}_${form.toUpperCase().replaceAll("-", "_")}_TOKEN`;
const spelled = (form: Form, value: string): string => {
  const bytes = Buffer.from(value);
  switch (form) {
    case "base64":
      return bytes.toString("base64");
    case "basic-auth":
      return Buffer.from(`user:${value}`).toString("base64");
    case "base64url":
      return bytes.toString("base64url");
    case "hex":
      return bytes.toString("hex");
    case "url":
      return `https://host/?q=${encodeURIComponent(value)}`;
    case "json":
      return JSON.stringify({ value });
    case "reversed":
      return [...value].toReversed().join("");
    case "address":
      return `postgres://app:${encodeURIComponent(value)}@db.internal:5432/app`;
    case "path":
      return `/run/secrets/${value}/file`;
    default:
      return value;
  }
};

interface PlatformLook {
  readonly platform: { readonly postgres: { readonly pid: number } };
}

/** One life of an app that says every secret it has, wherever it can; then everything that this left is searched. */
export class Scene {
  readonly canaries = new Map<string, Canary>();
  readonly #app: ScratchApp;
  /** Outputs, command lines and environments of processes, one file each. */
  readonly #kept = mkdtempSync(join(tmpdir(), "slipway-kept-"));
  readonly #temporary = mkdtempSync(join(tmpdir(), "sl-"));
  readonly #pems: { readonly caller: string; readonly file: string };
  #leaks: readonly Leak[] = [];

  private constructor(app: ScratchApp) {
    this.#app = app;
    for (const { name, forms: used } of channels) for (const form of used) this.#add(`${name}.${form}`);
    for (const name of credentials) this.#add(name);
    for (const name of ["plain", "given", ...plainForms.map((form) => `planted.${form}`)]) this.#add(name);
    this.#pems = { caller: this.#pem("pem.caller"), file: this.#pem("pem.file") };
  }

  static async live(): Promise<Scene> {
    const scene = new Scene(await ScratchApp.create());
    try {
      await scene.#run();
      scene.#leaks = findLeaks(
        [...scene.canaries.values()],
        [scene.#kept, scene.#temporary, join(scene.#app.root, ".slipway")],
        scene.#app.root,
      );
      return scene;
    } catch (error) {
      await scene.remove();
      throw error;
    }
  }

  async remove(): Promise<void> {
    await this.#app.remove();
    for (const folder of [this.#kept, this.#temporary]) rmSync(folder, { recursive: true, force: true });
  }

  /** Files that hold a piece of it, with the piece. */
  leaksOf(name: string): readonly string[] {
    return this.#leaks
      .filter(({ canary }) => canary === name)
      .filter(({ file }) => !isMeant(name, basename(file)))
      .map(({ file, piece }) => `${file.replace(this.#app.root, "").replace(`${this.#kept}/`, "")}: ${piece}`);
  }
  /** Of what was kept, or of any file below `.slipway`. */
  says(place: string, text: string): boolean {
    if (place !== "store") return readFileSync(join(this.#kept, place), "utf8").includes(text);
    return filesBelow(join(this.#app.root, ".slipway")).some((file) => readFileSync(file, "latin1").includes(text));
  }
  kept(prefix: string): readonly string[] {
    return readdirSync(this.#kept).filter((name) => name.startsWith(prefix));
  }

  #add(name: string): Canary {
    const canary = new Canary(name);
    this.canaries.set(name, canary);
    return canary;
  }
  /** As many lines as a key has; each is a canary's. */
  #pem(name: string): string {
    const lines = [0, 1, 2].map((line) => this.#add(`${name}.${line}`).value.replaceAll(/["&]/g, "A"));
    for (const [line, value] of lines.entries()) Object.assign(this.canaries.get(`${name}.${line}`) ?? {}, { value });
    return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n");
  }
  #value(name: string): string {
    return this.canaries.get(name)?.value ?? "";
  }
  #variables(from: Channel["from"]): Record<string, string> {
    const own = channels
      .filter((channel) => channel.from === from)
      .flatMap(({ name, forms: used }) => used.map((form) => [variableOf(name, form), this.#value(`${name}.${form}`)]));
    return Object.fromEntries(own);
  }

  async #run(): Promise<void> {
    const app = this.#app;
    app.write(
      ".env.local",
      [
        ...Object.entries({ ...this.#variables("env-file"), plain: this.#value("plain") }).map(
          ([name, value]) => `${name}='${value}'`,
        ),
        `PEM_service="${this.#pems.file}"`,
      ].join("\n"),
    );
    const variables = {
      ...this.#variables("caller"),
      ...Object.fromEntries(credentials.map((name) => [name, this.#value(name)])),
      PEM_build: this.#pems.caller,
      GIVEN_PRIVATE_KEY: this.#pems.caller,
      GIVEN_TOKEN: this.#value("given"),
      TMPDIR: this.#temporary,
    };
    const call = async (name: string, args: readonly string[], more: Record<string, string> = {}) => {
      const ran = await app.promote(args, { ...variables, GITHUB_STEP_SUMMARY: this.#page(name), ...more });
      this.#keep(name, `${ran.out}\n${ran.err}`);
      return ran;
    };
    const reasons = (channel: string, from: number, to: number): string =>
      plainForms
        .slice(from, to)
        .map((form) => `${channel}.${form}=${spelled(form, this.#value(`${channel}.${form}`))}`)
        .join(" ");

    for (const form of plainForms) this.#keep("planted", `${spelled(form, this.#value(`planted.${form}`))}\n`);
    await this.#refusedWords(variables);
    writeLeakingApp(app, "well", true);
    app.commit("A build that fails");
    await call("build-failed-json", ["build", "--json"]);
    await call("build-failed-github", ["build"], { GITHUB_ACTIONS: "true" });
    writeLeakingApp(app, "well");
    const good = app.commit("One that works");
    await call("build-events", ["build", "--events"]);
    await call("promote-text", ["--sha", good, "--env", "dev", "--reason", reasons("open", 0, 5)]);
    const { document } = await app.json(["local", "status"], variables);
    this.#lookAtProcesses((document as unknown as PlatformLook).platform.postgres.pid);
    await call("hold-json", ["hold", "--env", "staging", "--reason", reasons("reason", 0, 5), "--json"]);
    await call("hold-json", ["hold", "--env", "staging", "--reason", reasons("reason", 5, 10), "--json"]);

    writeLeakingApp(app, "stack");
    const stack = app.commit("A service that ends");
    await call("build-stack", ["build"]);
    await call("stack-events", ["--sha", stack, "--env", "dev", "--events", "--reason", reasons("open", 5, 10)]);
    writeLeakingApp(app, "well");
    const said = plainForms
      .map((form) => `migration.${form}=${spelled(form, this.#value(`migration.${form}`))}`)
      .join(" ");
    app.write("migrations/0002_leak.sql", leakingMigration(said));
    const migration = app.commit("A migration that fails");
    await call("build-migration", ["build"]);
    await call("migration-events", ["--sha", migration, "--env", "dev", "--events"], { GITHUB_ACTIONS: "true" });
    for (const form of ["text", "json", "events"])
      await call(`logs-${form}`, ["local", "logs", ...(form === "text" ? [] : [`--${form}`])]);
    await call("migration-log", ["history", "--env", "dev", "--log", "run-migrations"]);
    await call("history-json", ["history", "--json"]);
    await call("status-text", ["status"]);
    await call("status-json", ["status", "--json"]);
    await call("lock", ["lock", "--env", "dev", "--json"]);
    await call("local-status", ["local", "status", "--json"]);
    await call("verify", ["verify", "--sha", good, "--json"]);
  }

  /** In this process: on the command line of another one they would be seen by everybody. */
  async #refusedWords(variables: Record<string, string>): Promise<void> {
    let told = "";
    for (const form of plainForms) {
      const word = spelled(form, this.#value(`word.${form}`));
      for (const argv of [
        [word],
        ["status", word],
        ["--sha", word, "--env", "dev"],
        ["--env", word, "--sha", "HEAD"],
        ["history", "--limit", word],
        ["hold", `--${word}`],
      ]) {
        for (const more of [[], ["--json"]]) {
          const inJob = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: this.#page("words") };
          const shell = fakeShell({ folder: this.#app.root, variables: { ...variables, ...inJob } });
          await front([...argv, ...more], shell);
          told += `word.${form}= ${shell.out()}\n${shell.err()}\n`;
        }
      }
    }
    this.#keep("words", told);
  }

  /** The job's page of a call, as GitHub would show it. */
  #page(name: string): string {
    return join(this.#kept, `page-${name}`);
  }

  #keep(name: string, text: string): void {
    appendFileSync(join(this.#kept, name), text);
  }

  /** What anybody on this machine, and what its owner, can see of processes that belong to this app. Linux alone tells. */
  #lookAtProcesses(postgres: number): void {
    if (process.platform !== "linux") return;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const folder = readlinkSync(`/proc/${pid}/cwd`);
        if (Number(pid) !== postgres && !`${argv} ${folder}`.includes(this.#app.root)) continue;
        const kind = argv.includes("server.mjs") ? "service" : Number(pid) === postgres ? "postgres" : "platform";
        this.#keep(`arguments-${kind}-${pid}`, argv.replaceAll("\0", "\n"));
        this.#keep(`environment-${kind}-${pid}`, readFileSync(`/proc/${pid}/environ`, "utf8").replaceAll("\0", "\n"));
      } catch {
        // It has ended, or is another user's.
      }
    }
  }
}

/** The place where a secret belongs: what services are given is in their own environment. */
const isMeant = (name: string, file: string): boolean =>
  file.startsWith("environment-service-") &&
  (name === "plain" ||
    name.startsWith("pem.file") ||
    channels.some((channel) => channel.from === "env-file" && name.startsWith(`${channel.name}.`)));

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "postgres" ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
