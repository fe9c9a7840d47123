import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { purgePlatform } from "@slipway/pipeline/local";
import { checkPrinted } from "./check-documents.ts";
import { freePorts } from "./scratch-app.ts";

const execute = promisify(execFile);
const launcher = join(import.meta.dirname, "../bin/promote.js");

const server = `import { createServer } from "node:http";
const { PORT, SLIPWAY_SHA: sha, SLIPWAY_IMAGE: image } = process.env;
createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ sha, image, path: request.url }));
}).listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const worker = `setInterval(() => undefined, 1000);
process.on("SIGTERM", () => process.exit(0));
`;
const config = (port: number) => `version: 1
app: tiny
environments:
  dev: { ancestry: any }
  staging: { soak: 1h }
  prod: { approvals: 1 }
services:
  api:
    files: [server.js, package.json]
    run: node server.js
    port: PORT
    paths: [/api/*, /version]
    health: /api/health
    start_timeout: 20s
    drain_timeout: 2s
    smoke:
      - GET /version 200 {sha}
  worker: { files: [worker.js, package.json], run: node worker.js, healthy_after: 1s }
migrations: { sql: migrations }
web: { folder: web, assets: ["assets/**"], fallback: index.html }
local: { port: ${port}, waive: [soak, approval] }
`;

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON document on stdout; null when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert the fields
  readonly document: any;
}

/** A repository of an app that needs nothing to build: two services, plain SQL, pages. Real commits, real ports. */
export class TinyApp {
  readonly folder: string;
  readonly port: number;

  constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async make(): Promise<TinyApp> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-tiny-"));
    const app = new TinyApp(folder, await freePorts(4));
    await app.git("init", "--quiet", "--initial-branch=main");
    await app.write({
      "slipway.yaml": config(app.port),
      ".gitignore": ".slipway/\n",
      "package.json": '{ "type": "module" }\n',
      "server.js": server,
      "worker.js": worker,
      "migrations/0001_notes.sql": "create table notes (id serial primary key, body text);\n",
    });
    await app.commitPages("1");
    return app;
  }

  url(environment: "dev" | "staging" | "prod"): string {
    return `http://127.0.0.1:${this.port + 1 + ["dev", "staging", "prod"].indexOf(environment)}`;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
  }

  /** New pages with an asset of their own, committed. */
  async commitPages(name: string): Promise<string> {
    await this.write({
      "web/index.html": `<!doctype html><title>${name}</title><script type="module" src="/assets/app-${name}.js"></script>\n`,
      [`web/assets/app-${name}.js`]: `console.log(${JSON.stringify(name)});\n`,
    });
    return this.commit(`Pages ${name}`);
  }

  async commit(subject: string): Promise<string> {
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--no-verify", "-m", subject);
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  async git(...args: readonly string[]): Promise<string> {
    const identity = ["-c", "user.name=Tiny", "-c", "user.email=tiny@example.invalid", "-c", "commit.gpgsign=false"];
    return (await execute("git", [...identity, ...args], { cwd: this.folder })).stdout;
  }

  /** A command in a process of its own, off a terminal; whoever reads what it prints gives each line to `checkLine`. */
  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [launcher, ...args], { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
  }

  async promote(...args: readonly string[]): Promise<Ran> {
    const child = this.start(...args);
    const [stdout, stderr, exit] = await Promise.all([
      textOf(child.stdout),
      textOf(child.stderr),
      new Promise<number | null>((resolve) => child.once("exit", resolve)),
    ]);
    checkPrinted(args, stdout, exit);
    return { exit, stdout, stderr, document: parsed(stdout) };
  }

  async version(environment: "dev" | "staging" | "prod"): Promise<string> {
    const answer = await fetch(`${this.url(environment)}/version`, { signal: AbortSignal.timeout(5_000) });
    return ((await answer.json()) as { sha: string }).sha;
  }

  async remove(): Promise<void> {
    await purgePlatform(this.folder);
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += chunk;
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
