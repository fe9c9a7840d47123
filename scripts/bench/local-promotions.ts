import { fileURLToPath } from "node:url";
import type { Sha } from "../../pipeline/src/identifiers.ts";
import { freePort } from "../../pipeline/src/local/platform/free-port.ts";
import { purgePlatform, startPlatform } from "../../pipeline/src/local/platform-control.ts";
import { tinyService } from "../../pipeline/test/tiny-service.ts";
import { BenchRepository, environment } from "./bench-repository.ts";
import { whenStopped } from "./when-stopped.ts";

const platform = fileURLToPath(new URL("../../pipeline/test/platform-without-postgres.ts", import.meta.url));

/** One HTTP service in one file, one page, one asset; the ladder has three environments. */
const configOf = (port: number): string => `version: 1
app: bench
environments: { dev: {}, staging: {}, prod: {} }
services:
  api:
    files: [server.cjs]
    run: node server.cjs
    port: PORT
    paths: [/api/*, /version]
    health: /readyz
    smoke: ["GET /version 200 {sha}"]
web: { folder: site, assets: ["assets/**"], fallback: index.html }
local: { port: ${port - 1} }
`;

/** A repository whose environment dev really runs: a platform process of its own, without Postgres. */
export class LocalPromotions implements AsyncDisposable {
  readonly repository: BenchRepository;
  readonly #stopped = whenStopped(() => this.#end());
  #commits = 0;

  private constructor(repository: BenchRepository) {
    this.repository = repository;
  }

  static async open(): Promise<LocalPromotions> {
    const port = await freePort();
    const repository = await BenchRepository.open(configOf(port), { durable: true });
    try {
      await startPlatform({ root: repository.root, entry: platform, environments: [{ name: environment, port }] });
      await repository.target();
    } catch (error) {
      await repository[Symbol.asyncDispose]();
      throw error;
    }
    return new LocalPromotions(repository);
  }

  /** A new commit, with other pages and another service, built and published; `files` come on top. */
  async build(files: (n: number) => Readonly<Record<string, string>> = () => ({})): Promise<Sha> {
    this.#commits += 1;
    const n = this.#commits;
    const sha = this.repository.commit(`number ${n}`, {
      "server.cjs": `// ${n}\n${tinyService()["server.cjs"]}`,
      "site/index.html": `<!doctype html><script type="module" src="/assets/app-1a2b.js"></script><p>${n}</p>\n`,
      "site/assets/app-1a2b.js": "export const app = 1;\n",
      ...files(n),
    });
    await this.repository.build(sha);
    return sha;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    this.#stopped[Symbol.dispose]();
  }

  async #end(): Promise<void> {
    await purgePlatform(this.repository.root);
    await this.repository[Symbol.asyncDispose]();
  }
}
