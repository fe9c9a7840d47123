import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Ran, type Started, startPromote } from "./start-promote.ts";

const server = (version: string): string => `import { createServer } from "node:http";
createServer((request, response) => {
  if (request.url === "/healthz") return response.end("ok");
  if (request.url === "/version") return response.end(JSON.stringify({ sha: process.env.SLIPWAY_SHA, version: ${JSON.stringify(version)} }));
  response.statusCode = 404;
  response.end("no");
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const worker = `setInterval(() => undefined, 1000);
process.on("SIGTERM", () => process.exit(0));
`;
const config = (port: number): string => `version: 1
app: tiny
environments:
  dev: {}
  staging: {}
  prod: { soak: 1h, approvals: 1 }
services:
  api:
    files: [src]
    run: node src/server.mjs
    port: PORT
    paths: [/api/*, /version, /healthz]
    health: /healthz
    start_timeout: 20s
    smoke:
      - GET /version 200 {sha}
  worker:
    files: [src]
    run: node src/worker.mjs
    healthy_after: 1s
migrations: { sql: migrations }
web: { folder: public, assets: ["assets/**"], fallback: index.html }
local: { port: ${port}, waive: [soak] }
`;

/** A small app in a git repository of its own: two services, a page, plain SQL migrations. */
export class ScratchApp {
  readonly root = mkdtempSync(join(tmpdir(), "slipway-cli-"));
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async create(): Promise<ScratchApp> {
    const app = new ScratchApp(await freePorts(4));
    app.git("init", "-q", "-b", "main");
    app.git("config", "user.email", "dev@example.com");
    app.git("config", "user.name", "Dev");
    app.write("slipway.yaml", config(app.port));
    app.write(".gitignore", ".slipway/\n");
    app.write("src/server.mjs", server("1"));
    app.write("src/worker.mjs", worker);
    app.write("migrations/0001_items.sql", "create table items (id int primary key, name text not null);\n");
    app.write(
      "public/index.html",
      '<!doctype html><title>one</title><script src="/assets/app-1a2b3c4d.js"></script>\n',
    );
    app.write("public/assets/app-1a2b3c4d.js", "console.log(1);\n");
    return app;
  }

  serve(version: string): void {
    this.write("src/server.mjs", server(version));
    this.write(
      "public/index.html",
      `<!doctype html><title>${version}</title><script src="/assets/app-1a2b3c4d.js"></script>\n`,
    );
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  }

  /** Commits everything and answers the SHA. */
  commit(subject: string): string {
    this.git("add", "-A");
    this.git("commit", "-q", "-m", subject);
    return this.git("rev-parse", "HEAD");
  }

  /** Runs the real launcher as a process, off a terminal. */
  promote(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.start(args, variables).ended;
  }

  start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Started {
    return startPromote(args, this.root, { ...process.env, GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "", ...variables });
  }

  async json(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    const ran = await this.promote([...args, "--json"], variables);
    return { ...ran, document: JSON.parse(ran.out) as Record<string, unknown> };
  }

  /** Every file of the store with its size: equal listings are equal stores. */
  listing(): readonly string[] {
    const folder = join(this.root, ".slipway");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.startsWith("objects") || path.startsWith("images"))
      .toSorted();
    return files.map((path) => {
      const found = statSync(join(folder, path), { throwIfNoEntry: false });
      return `${path} ${found?.isFile() ? `${found.size} ${found.mtimeMs}` : "folder"}`;
    });
  }

  async remove(): Promise<void> {
    await this.promote(["local", "stop", "--purge"]);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/**
 * The first of so many ports in a row that nobody listens on. They are below those that systems hand out to whoever asks for any (from 32,768 on Linux),
 * and each worker of the tests has a range of its own: whoever looks whether a port is free must not find another test there.
 */
export async function freePorts(count: number): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 2;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = 20_000 + worker * 6_000 + Math.floor(Math.random() * 5_900);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error("no free ports");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
