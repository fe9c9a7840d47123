import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Answer, runPromote } from "./run-promote.ts";
import type { Commits } from "./scratch-repository.ts";
import type { Traffic } from "./traffic.ts";

export const environments = ["dev", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];

/** What all acts share: the repository, its commits, the addresses, the visitors. */
export class Stage {
  readonly folder: string;
  readonly commits: Commits;
  readonly urls: Readonly<Record<Environment, string>>;
  readonly traffic: Traffic;
  readonly #builds = new Map<string, Promise<Answer>>();

  constructor(input: { folder: string; commits: Commits; boardPort: number; traffic: Traffic }) {
    this.folder = input.folder;
    this.commits = input.commits;
    this.traffic = input.traffic;
    const url = (index: number) => `http://127.0.0.1:${input.boardPort + 1 + index}`;
    this.urls = { dev: url(0), staging: url(1), prod: url(2) };
  }

  sha(slug: string): string {
    const sha = this.commits[slug];
    assert(sha, `no commit is named ${slug}`);
    return sha;
  }

  promote(...args: readonly string[]): Promise<Answer> {
    return runPromote(this.folder, args);
  }

  /** Begins to build every commit, one after another, as a pipeline would while people promote. */
  buildAhead(slugs: readonly string[]): void {
    let before: Promise<unknown> = Promise.resolve();
    for (const slug of slugs) {
      const built = before.then(() => this.promote("build", "--sha", this.sha(slug)));
      this.#builds.set(slug, built);
      before = built;
    }
  }

  /** How the build of a commit ended. */
  async buildOf(slug: string): Promise<Answer> {
    return (await this.#builds.get(slug)) ?? this.promote("build", "--sha", this.sha(slug));
  }

  /** A commit that is built and published. */
  async build(slug: string): Promise<Answer> {
    const answer = await this.buildOf(slug);
    assert.equal(answer.exit, 0, `promote build ${slug}: ${JSON.stringify(answer.document)}`);
    return answer;
  }

  /** Moves a commit into an environment, and looks whether it is there. */
  async move(slug: string, environment: Environment): Promise<Answer> {
    const answer = await this.promote("--sha", this.sha(slug), "--env", environment);
    assert.equal(answer.exit, 0, `promote ${slug} to ${environment}: ${JSON.stringify(answer.document)}`);
    await this.runs(slug, environment);
    this.traffic.watch(environment, this.urls[environment]);
    return answer;
  }

  /** What answers over HTTP is this commit. */
  async runs(slug: string, environment: Environment): Promise<void> {
    assert.equal(
      (await this.version(environment)).sha,
      this.sha(slug),
      `${environment} answers another SHA than that of ${slug}`,
    );
  }

  async version(environment: Environment): Promise<{ readonly sha: string; readonly image: string }> {
    const answer = await fetch(`${this.urls[environment]}/version`, { signal: AbortSignal.timeout(5_000) });
    return (await answer.json()) as { sha: string; image: string };
  }

  /** The page as a browser gets it, and whether each script and style it names is there. */
  async page(environment: Environment): Promise<string> {
    const url = this.urls[environment];
    const html = await (await fetch(`${url}/`, { headers: { accept: "text/html" } })).text();
    const assets = [...html.matchAll(/(?:src|href)="(\/?assets\/[^"]+)"/g)].map((match) => match[1] ?? "");
    assert(assets.length > 0, "the page names no asset");
    for (const asset of assets) {
      const answer = await fetch(new URL(asset, url));
      assert.equal(answer.status, 200, `${asset} is not there`);
      await answer.arrayBuffer();
    }
    return html;
  }

  /** The ledger's newest epoch of an environment. */
  async newestEpoch(environment: Environment): Promise<Record<string, unknown>> {
    const { document, exit } = await this.promote("history", "--env", environment, "--limit", "1");
    assert.equal(exit, 0, JSON.stringify(document));
    return document.epochs[0];
  }

  /** Everything on record of the environments, by name and size: equal listings mean that nothing was written. */
  async storeListing(): Promise<readonly string[]> {
    const root = join(this.folder, ".slipway/objects/environments");
    const names = await readdir(root, { recursive: true });
    const sized = await Promise.all(names.map(async (name) => `${name} ${(await stat(join(root, name))).size}`));
    return sized.toSorted();
  }
}

/** What an act shows as its proof; printed with `--json`. */
type Evidence = Readonly<Record<string, unknown>>;
export interface Act {
  readonly slug: string;
  /** One line for people: what is about to be seen. */
  readonly title: string;
  /** Throws when the world is not as told. */
  readonly play: (stage: Stage) => Promise<Evidence>;
}
