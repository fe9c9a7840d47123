import { TinyApp } from "../tiny-app.ts";

/** How the promotion of a release goes. */
export const kinds = ["forward", "rollback", "migrate", "unhealthy", "unhealthy-migrate"] as const;
export type Kind = (typeof kinds)[number];

export interface Release {
  readonly name: string;
  readonly sha: string;
  readonly healthy: boolean;
  readonly page: string;
  readonly asset: string;
  /** All that it has, in order. */
  readonly migrations: readonly string[];
}

const config = (port: number, startSeconds: number) => `version: 1
app: kills
environments:
  dev: { ancestry: any }
services:
  api:
    files: [server.js, package.json]
    run: node server.js
    port: PORT
    paths: [/api/*, /version]
    health: /api/health
    start_timeout: ${startSeconds}s
    drain_timeout: 1s
    smoke:
      - GET /version 200 {sha}
  worker: { files: [worker.js, package.json], run: node worker.js, healthy_after: 100ms, start_timeout: 30s, drain_timeout: 1s }
migrations: { sql: migrations }
web: { folder: web, assets: ["assets/**"], fallback: index.html }
local: { port: ${port} }
`;
const server = (name: string, status: number) => `import { createServer } from "node:http";
const { PORT, SLIPWAY_SHA: sha, SLIPWAY_IMAGE: image } = process.env;
createServer((request, response) => {
  response.statusCode = request.url === "/api/health" ? ${status} : 200;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ sha, image, name: ${JSON.stringify(name)} }));
}).listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const worker = (name: string) => `setInterval(() => ${JSON.stringify(name)}, 1000);
process.on("SIGTERM", () => process.exit(0));
`;
const firstMigration = "0001_effects";
const tables = "create table effects (id serial primary key, name text not null);\n";
/** Leaves one row each time that it runs, and takes so long that it can be killed while it does. */
const migration = (name: string) => `insert into effects (name) values ('${name}');
select pg_sleep(0.15);
create table "t_${name}" (id integer);
`;

/** An app whose releases differ in everything, and are made when they are needed. */
export class KillsApp {
  readonly tiny: TinyApp;
  readonly #migrations: string[] = [firstMigration];
  #count = 0;

  private constructor(tiny: TinyApp) {
    this.tiny = tiny;
  }

  static async make(): Promise<KillsApp> {
    const tiny = await TinyApp.make();
    await tiny.git("rm", "--quiet", "-r", "migrations", "web");
    await tiny.write({
      [`migrations/${firstMigration}.sql`]: `${tables}insert into effects (name) values ('${firstMigration}');\n`,
    });
    return new KillsApp(tiny);
  }

  get url(): string {
    return this.tiny.url("dev");
  }

  /** A new commit, built and published. */
  async release(options: { readonly healthy: boolean; readonly migrations: number }): Promise<Release> {
    this.#count += 1;
    const name = `r${this.#count}`;
    for (let more = 0; more < options.migrations; more += 1) {
      const added = `${String(this.#migrations.length + 1).padStart(4, "0")}_${name}`;
      this.#migrations.push(added);
      await this.tiny.write({ [`migrations/${added}.sql`]: migration(added) });
    }
    const { healthy } = options;
    await this.tiny.write({
      "slipway.yaml": config(this.tiny.port, healthy ? 30 : 1),
      "server.js": server(name, healthy ? 200 : 503),
      "worker.js": worker(name),
    });
    const sha = await this.tiny.commitPages(name);
    const built = await this.tiny.promote("build", "--json");
    if (built.exit !== 0) throw new Error(`build of ${name}: exit ${built.exit}\n${built.stdout}${built.stderr}`);
    const page = `<!doctype html><title>${name}</title><script type="module" src="/assets/app-${name}.js"></script>\n`;
    const asset = `console.log(${JSON.stringify(name)});\n`;
    return { name, sha, healthy, page, asset, migrations: [...this.#migrations] };
  }
}
