import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "../development/migrate.ts";
import { commits, writeTree } from "../scenarios/commits.ts";
import { startDatabase } from "./database.ts";
import { type Service, startService } from "./service.ts";

const app = join(import.meta.dirname, "..");
let scratch: string;
// Below the app, so that the packages resolve upwards as they do for Slipway's checkouts.
beforeAll(async () => {
  mkdirSync(join(app, "dist"), { recursive: true });
  scratch = await mkdtemp(join(app, "dist/scenarios-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function checkout(slug: string, place = slug): Promise<string> {
  const folder = join(scratch, place);
  mkdirSync(folder, { recursive: true });
  await writeTree(slug, folder);
  return folder;
}
function build(folder: string): void {
  const env = { PATH: process.env.PATH, SLIPWAY_SHA: "a".repeat(40) };
  execFileSync(process.execPath, ["build/build.ts", "--image"], { cwd: folder, env, stdio: "pipe" });
}
/** Each commit is built once for all tests. */
const builds = new Map<string, Promise<string>>();
function built(slug: string): Promise<string> {
  const known = builds.get(slug) ?? buildFresh(slug);
  builds.set(slug, known);
  return known;
}
async function buildFresh(slug: string): Promise<string> {
  const folder = await checkout(slug, `${slug}-built`);
  build(folder);
  return folder;
}
const imagePaths = ["dist", "node_modules/knex", "node_modules/pg", "migrations", "package.json"];
function hashes(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const held = paths.filter((path) => imagePaths.some((root) => path === root || path.startsWith(`${root}/`)));
  const hash = (path: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, path)))
      .digest("hex");
  return Object.fromEntries(held.toSorted().map((path) => [path, hash(path)]));
}

describe("the build", () => {
  it("makes the same bytes of one commit in two folders of different depth", async () => {
    const [here, there] = [await built("base"), await checkout("base", "some/where/else")];
    build(there);
    expect(Object.keys(hashes(here)).length).toBeGreaterThan(12);
    expect(hashes(there)).toEqual(hashes(here));
  });

  it("makes an image whose own knex and driver apply the migrations", async () => {
    const folder = await built("base");
    const require = createRequire(join(folder, "package.json"));
    expect(require.resolve("knex")).toBe(join(folder, "node_modules/knex/index.js"));
    expect(require.resolve("pg")).toBe(join(folder, "node_modules/pg/index.js"));
    await using empty = await startDatabase({ migrated: false });
    const knex = require("knex")({ client: "pg", connection: { connectionString: empty.url } });
    const [, names] = await knex.migrate.latest({ directory: join(folder, "migrations"), loadExtensions: [".ts"] });
    await knex.destroy();
    expect(names).toEqual(readdirSync(join(app, "migrations")).toSorted());
  });

  it("changes packages only in a checkout that Slipway made", async () => {
    const folder = await checkout("base", "own");
    const env = { PATH: process.env.PATH };
    const run = () =>
      execFileSync(process.execPath, ["build/build.ts", "--image"], { cwd: folder, env, stdio: "pipe" });
    expect(run).toThrow(/SLIPWAY_SHA is not set/);
    expect(existsSync(join(folder, "node_modules"))).toBe(false);
  });
});

describe("a scenario", () => {
  const children = commits.flatMap(({ slug, parent }) => (parent === null ? [] : [{ slug, parent }]));

  it.each(children)("$slug changes few lines of $parent, and its overlay has not fallen behind", async (commit) => {
    const parent = await checkout(commit.parent, `${commit.slug}-parent`);
    const child = await checkout(commit.slug);
    const removed = readdirSync(child, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(child.length + 1))
      .filter((path) => existsSync(join(parent, path)))
      .flatMap((path) => {
        const kept = new Set(readFileSync(join(child, path), "utf8").split("\n"));
        return readFileSync(join(parent, path), "utf8")
          .split("\n")
          .filter((line) => !kept.has(line));
      });
    expect(removed.length).toBeLessThanOrEqual(4);
  });

  it.each(commits)("$slug builds", async ({ slug }) => {
    const folder = await built(slug);
    for (const path of ["dist/api/server.js", "dist/worker/main.js", "dist/web/index.html"]) {
      expect(existsSync(join(folder, path))).toBe(true);
    }
  });

  it("broken-web leaves a script out that its page asks for", async () => {
    const folder = await built("broken-web");
    expect(readFileSync(join(folder, "dist/web/index.html"), "utf8")).toContain('src="/theme.js"');
    expect(existsSync(join(folder, "dist/web/theme.js"))).toBe(false);
  });

  it("failing-migration breaks on a row that every environment has", async () => {
    const folder = await built("failing-migration");
    await using database = await startDatabase({ migrated: true });
    await expect(migrate(database.url, join(folder, "migrations"))).rejects.toMatchObject({
      code: "23514",
      constraint: "minutes_positive",
    });
  });

  it("unhealthy-release dies before it listens, and its last line says why", async () => {
    const folder = await built("unhealthy-release");
    await using database = await startDatabase({ migrated: true });
    const api = startService(join(folder, "dist/api/server.js"), { DATABASE_URL: database.url, PORT: "0" });
    expect(await api.exited).toBe(1);
    expect(api.log.map(({ msg }) => msg)).not.toContain("listening");
    expect(api.log.at(-1)).toMatchObject({
      level: "fatal",
      msg: expect.stringContaining('relation "settings" does not exist'),
    });
  });

  it("expand-migration waits for its migration, which the release before it does not mind", async () => {
    const [before, after] = [await built("base"), await built("expand-migration")];
    await using database = await startDatabase({ migrated: true });
    const environment = { DATABASE_URL: database.url, PORT: "0" };
    await using old = startService(join(before, "dist/api/server.js"), environment);
    await using next = startService(join(after, "dist/api/server.js"), environment);
    const statuses = async () => [await readiness(old), await readiness(next)];
    expect(await statuses()).toEqual([200, 503]);
    await migrate(database.url, join(after, "migrations"));
    expect(await statuses()).toEqual([200, 200]);
    const projects = await (await fetch(`${await addressOf(next)}/api/projects`)).json();
    expect(projects.projects[0]).toMatchObject({ name: "Back office", colour: null });
    expect((await fetch(`${await addressOf(old)}/api/projects`)).status).toBe(200);
  });
});

const addressOf = async (service: Service) => `http://127.0.0.1:${(await service.line("listening")).port}`;
const readiness = async (service: Service) => (await fetch(`${await addressOf(service)}/readyz`)).status;
