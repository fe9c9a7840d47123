import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fakeShell } from "../fake-shell.ts";
import { front } from "../front.ts";
import { TinyApp } from "../tiny-app.ts";

/** As the store lays keys out: plain ones alone, long parts split. */
const pathOfKey = (key: string): string =>
  key
    .split("/")
    .map((part) => (part.match(/.{1,66}/g) ?? []).join("+/"))
    .join("/");

export interface Said {
  readonly exit: number;
  readonly text: string;
}

/** The command line in this process, as in one of its own but for the time to start it. */
export async function call(folder: string, argv: readonly string[]): Promise<Said> {
  const { PATH, HOME, LANG } = process.env;
  const shell = fakeShell({ folder, variables: { PATH, HOME, LANG } });
  const exit = await front(argv, shell);
  return { exit, text: shell.err() + shell.out() };
}

/** Four releases: two ran in dev, one before and one after what runs there and in staging; the later one is quarantined. The newest never ran. */
export class DiskWorld {
  readonly app: TinyApp;
  readonly shas = { first: "", fled: "", runs: "", newest: "" };

  private constructor(app: TinyApp) {
    this.app = app;
  }

  static async make(): Promise<DiskWorld> {
    const world = new DiskWorld(await TinyApp.make());
    const { app, shas } = world;
    shas.first = (await app.git("rev-parse", "HEAD")).trim();
    await world.must("build");
    await world.must("--sha", shas.first, "--env", "dev");
    shas.runs = await app.commitPages("2");
    await world.must("build");
    for (const environment of ["dev", "staging"]) await world.must("--sha", shas.runs, "--env", environment);
    await app.write({ "server.js": `${readFileSync(join(app.folder, "server.js"), "utf8")}// another\n` });
    shas.fled = await app.commitPages("3");
    await world.must("build");
    await world.must("--sha", shas.fled, "--env", "dev");
    await world.must("rollback", "--env", "dev", "--to", shas.runs);
    shas.newest = await app.commitPages("4");
    await world.must("build");
    await world.must("hold", "--env", "staging", "--reason", "a test");
    await world.must("quarantine", "--sha", shas.first, "--reason", "a test");
    await world.must("quarantine", "--sha", shas.first, "--lift");
    await world.must("quarantine", "--sha", shas.fled, "--reason", "a test");
    const plan = await world.must("plan", "--sha", shas.runs, "--env", "prod", "--json");
    const { hash } = JSON.parse(plan.text) as { hash: string };
    await world.must("approve", "--sha", shas.runs, "--env", "prod", "--expect", hash);
    return world;
  }

  promote(...argv: readonly string[]): Promise<Said> {
    return call(this.app.folder, argv);
  }

  async must(...argv: readonly string[]): Promise<Said> {
    const said = await this.promote(...argv);
    if (said.exit !== 0) throw new Error(`promote ${argv.join(" ")} ended ${said.exit}\n${said.text}`);
    return said;
  }

  /** Below `.slipway`. */
  path(...parts: readonly string[]): string {
    return join(this.app.folder, ".slipway", ...parts);
  }

  /** The newest version of an object. */
  file(key: string): string {
    const path = this.path("objects", pathOfKey(key));
    const prefix = `${basename(path)}@`;
    const versions = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
    return `${path}@${Math.max(...versions.map((name) => Number(name.slice(prefix.length))))}`;
  }

  blob(digest: string): string {
    return this.file(`blobs/${digest.slice("sha256:".length)}`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: documents of the store
  document(key: string): any {
    return JSON.parse(readFileSync(this.file(key), "utf8"));
  }

  // biome-ignore lint/suspicious/noExplicitAny: a manifest
  release(sha: string): any {
    return this.document(`releases/${sha}/release.json`);
  }

  /** Key of the last record of dev. */
  lastRecord(): string {
    const names = readdirSync(this.path("objects/environments/dev/history")).toSorted();
    return `environments/dev/history/${(names.at(-1) ?? "").replace(/@1$/, "")}`;
  }
}
