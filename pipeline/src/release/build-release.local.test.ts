import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { buildHere, localBuildPorts } from "../../test/local-build.ts";
import { ScratchRepository } from "../../test/scratch-repository.ts";
import { parseConfig } from "../config/load.ts";
import { UserError } from "../errors.ts";
import type { BuildEvent } from "../events.ts";
import type { Sha } from "../identifiers.ts";
import { createImageStore } from "../local/image-store.ts";
import { buildRelease } from "./build-release.ts";
import { readRetention } from "./collection/retention.ts";
import { listReleases } from "./list-releases.ts";
import { readPolicy } from "./publish-policy.ts";
import { readRelease } from "./read-release.ts";
import { verifyRelease } from "./verify-release.ts";

const open: ScratchRepository[] = [];
afterEach(() => {
  for (const repository of open.splice(0)) repository[Symbol.dispose]();
});
function aRepository(files: Readonly<Record<string, string>>): ScratchRepository {
  const repository = new ScratchRepository(files);
  open.push(repository);
  return repository;
}

/** Writes dist/ from the commit alone. */
const reproducible = `
import { mkdirSync, writeFileSync, chmodSync } from "node:fs";
mkdirSync("dist/api", { recursive: true });
mkdirSync("dist/web/assets", { recursive: true });
writeFileSync("dist/api/server.js", "// api\\n");
writeFileSync("dist/api/build-info.json", JSON.stringify({ sha: process.env.SLIPWAY_SHA, builtAt: process.env.SOURCE_DATE_EPOCH }) + "\\n");
writeFileSync("dist/api/start", "#!/bin/sh\\n"); chmodSync("dist/api/start", 0o755);
writeFileSync("dist/web/assets/app-1a2b3c.js", "console.log(1)");
writeFileSync("dist/web/index.html", '<script type="module" src="/assets/app-1a2b3c.js"></script>\\n');
console.log("built");
`;
const wholeApp = {
  "slipway.yaml": `version: 1
app: orders
build: [node build.mjs]
environments: { dev: {}, prod: {} }
services:
  api: { files: [dist/api, migrations], run: dist/api/start, port: PORT, paths: [/api/*], health: /healthz }
  worker: { files: [dist/api/server.js], run: node dist/api/server.js }
migrations: { knex: migrations }
web: { folder: dist/web, assets: ["assets/**"], fallback: index.html }
`,
  "build.mjs": reproducible,
  "migrations/20260101000000_first.js": "exports.up = () => 1;\n",
  "migrations/20260102000000_second.js": "exports.up = () => 2;\n",
};

const portsOf = (repository: ScratchRepository) => localBuildPorts(repository.folder);
const build = (repository: ScratchRepository, sha: Sha, events: BuildEvent[] = []) =>
  buildHere(repository.folder, sha, { events });
/** The error of a build that must not succeed, and what the store shows afterwards. */
async function refused(repository: ScratchRepository, sha: Sha): Promise<Record<string, unknown>> {
  const error = await build(repository, sha).then(
    () => {
      throw new Error("the build was not refused");
    },
    (reason: unknown) => reason as Record<string, unknown>,
  );
  const { store } = await portsOf(repository);
  expect(await readRelease(store, sha)).toEqual({ status: "missing" });
  expect(leftovers(repository)).toEqual([]);
  return error;
}
const leftovers = (repository: ScratchRepository): readonly string[] =>
  readdirSync(join(repository.folder, ".slipway", "build"));

describe("a commit that is built", () => {
  test("is published with its images, pages and migrations, and every byte is where it should be", async () => {
    const repository = aRepository(wholeApp);
    const sha = repository.commit("First release");
    const events: BuildEvent[] = [];
    const end = await build(repository, sha, events);

    expect(end).toMatchObject({ status: "published", sha, policy: { status: "in-force", changed: true } });
    const { store, shelf } = await portsOf(repository);
    const look = await readRelease(store, sha);
    expect(look).toMatchObject({
      status: "found",
      release: {
        manifest: {
          app: "orders",
          git: { sha, subject: "First release" },
          images: { api: { repository: "local" }, worker: { repository: "local" } },
          web: { entries: 1, assets: 1 },
          migrations: {
            engine: "knex",
            files: [{ name: "20260101000000_first" }, { name: "20260102000000_second" }],
            runner: { command: ["node", ".slipway/migrate.mjs"] },
          },
        },
      },
    });
    expect(await verifyRelease(store, shelf, sha)).toMatchObject({ status: "whole", images: 2 });
    expect((await readPolicy(store))?.policy.environments.map(({ name }) => name)).toEqual(["dev", "prod"]);
    expect(await readRetention(store, sha)).toMatchObject({ publishing: null, retired: false });
    expect(leftovers(repository)).toEqual([]);

    const summaries = events.flatMap((event) =>
      event.type === "build:phase" && event.state === "end" ? [`${event.phase}: ${event.summary}`] : [],
    );
    expect(summaries).toEqual([
      `checkout: 5 files of the commit, nothing from your folder`,
      "build: node build.mjs",
      expect.stringMatching(/^images: api sha256:[0-9a-f]{12} [\d.]+ k?B, worker sha256:[0-9a-f]{12} [\d.]+ k?B$/),
      "web: 2 files, 74 B: 1 entry, 1 asset; every reference resolves",
      "migrations: 2 files, newest 20260102000000_second",
      "publish: 6 objects, release.json last",
    ]);
    expect(events).toContainEqual({ type: "build:log", line: "built" });
  });

  test("holds what was built and nothing else, executable where it was, and the runner beside the migrations", async () => {
    const repository = aRepository(wholeApp);
    const sha = repository.commit("First release");
    const { manifest } = await build(repository, sha);
    const images = createImageStore(join(repository.folder, ".slipway", "images"));
    const target = join(repository.folder, ".slipway", "unpacked");
    const image = manifest.images.api;
    if (image === undefined) throw new Error("no image of api");
    await images.unpack(image.digest, target);
    const names = readdirSync(target, { recursive: true, withFileTypes: true });
    expect(
      names
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
        .toSorted(),
    ).toEqual([
      ".slipway/migrate.mjs",
      ".slipway/migrations.json",
      "dist/api/build-info.json",
      "dist/api/server.js",
      "dist/api/start",
      "migrations/20260101000000_first.js",
      "migrations/20260102000000_second.js",
    ]);
  });

  test("is a no-op the second time, in the words of who published it first", async () => {
    const repository = aRepository(wholeApp);
    const sha = repository.commit("First release");
    const first = await build(repository, sha);
    const { store } = await portsOf(repository);
    const keys = await store.list("");
    const second = await build(repository, sha);
    expect(second).toMatchObject({ status: "same", digest: first.digest, by: "ci@github" });
    expect(await store.list("")).toEqual(keys);
    expect(await listReleases(store)).toHaveLength(1);
  });

  test("is refused with other bytes, naming the file, the line and what changed in it", async () => {
    const repository = aRepository({
      ...wholeApp,
      "build.mjs": reproducible.replace("process.env.SOURCE_DATE_EPOCH", "process.hrtime.bigint().toString()"),
    });
    const sha = repository.commit("Not reproducible");
    const first = await build(repository, sha);
    await expect(build(repository, sha)).rejects.toMatchObject({
      code: "build-differs",
      message: `${sha.slice(0, 7)} is published with other bytes. The published release stays.`,
      evidence: [
        expect.stringMatching(/^api, dist\/api\/build-info\.json:1: sha256:[0-9a-f]{12}, now sha256:[0-9a-f]{12}$/),
        expect.stringMatching(/^"builtAt":"\d+" is now "builtAt":"\d+"$/),
      ],
    });
    const { store, shelf } = await portsOf(repository);
    expect(await verifyRelease(store, shelf, sha)).toMatchObject({
      status: "whole",
      release: { digest: first.digest },
    });
  });

  test("is one release when two builds of it run at once, and both say so", async () => {
    const repository = aRepository(wholeApp);
    const sha = repository.commit("Twice at once");
    const ends = await Promise.all(["ci@github", "octocat"].map((by) => buildHere(repository.folder, sha, { by })));
    expect(ends.map((end) => end.status).toSorted()).toEqual(["published", "same"]);
    expect(ends[0]?.digest).toBe(ends[1]?.digest);
  });

  test("sends only what changed since the newest release", async () => {
    const repository = aRepository(wholeApp);
    await build(repository, repository.commit("First"));
    repository.write({ "build.mjs": reproducible.replaceAll("app-1a2b3c", "app-4d5e6f").replace("log(1)", "log(2)") });
    const second = await build(repository, repository.commit("Second"));
    // The list, the page, the asset, two image lists and release.json; the worker's image did not change.
    expect(second).toMatchObject({ status: "published", written: 5, present: 1 });
  });
});

describe("any app", () => {
  test("may be pages alone", async () => {
    const repository = aRepository({
      "slipway.yaml": "version: 1\napp: site\nenvironments: { dev: {} }\nweb: { folder: public }\n",
      "public/index.html": "<h1>Hello</h1>",
    });
    const sha = repository.commit("A site");
    expect(await build(repository, sha)).toMatchObject({
      status: "published",
      manifest: { services: [], images: {}, migrations: null, web: { entries: 1, assets: 0 } },
    });
  });

  test("may be in any language and bring plain SQL, which gets a runner image of its own", async () => {
    const repository = aRepository({
      "slipway.yaml": `version: 1
app: shop
environments: { dev: {} }
services: { api: { build: [sh build.sh], files: [out], run: ./out/server, port: PORT, health: / } }
migrations: { sql: db }
`,
      "build.sh": "mkdir out && printf '#!/bin/sh\\n' > out/server && chmod 755 out/server\n",
      "db/0001_first.sql": "create table a ();\n",
      "db/README.md": "not a migration\n",
    });
    const sha = repository.commit("A shop");
    const { manifest } = await build(repository, sha);
    const runner = manifest.migrations?.runner.image;
    expect(manifest.migrations).toMatchObject({ engine: "sql", files: [{ name: "0001_first" }] });
    expect(runner?.digest).not.toBe(manifest.images.api?.digest);
    const { store, shelf } = await portsOf(repository);
    expect(await verifyRelease(store, shelf, sha)).toMatchObject({ status: "whole", images: 2 });
    const list = runner === undefined ? null : await shelf.readFile(runner, ".slipway/migrations.json");
    expect(JSON.parse(Buffer.from(list ?? []).toString())).toMatchObject({
      engine: "sql",
      folder: "db",
      files: [{ name: "0001_first", file: "0001_first.sql" }],
    });
  });
});

describe("what differs from the commit", () => {
  test.each([
    ["a file that git does not know", { "new.txt": "x" }, "new.txt"],
    ["a file that was changed", { "build.mjs": "// changed" }, "build.mjs"],
  ])("is refused: %s", async (_name, files, named) => {
    const repository = aRepository(wholeApp);
    const sha = repository.commit("Clean");
    repository.write(files as Record<string, string>);
    await expect(build(repository, sha)).rejects.toMatchObject({ code: "tree-dirty", evidence: [named] });
  });

  test("never reaches a build of another commit", async () => {
    const repository = aRepository(wholeApp);
    const older = repository.commit("Older");
    repository.write({ "build.mjs": "process.exit(1)" });
    repository.commit("Newer");
    repository.write({ "build.mjs": "process.exit(2)" });
    expect(await build(repository, older)).toMatchObject({ status: "published", sha: older });
  });
});

describe("a build that cannot be published", () => {
  test("says which command ended how, with the end of its output and without its secrets", async () => {
    const repository = aRepository({
      ...wholeApp,
      "build.mjs": `console.log("password hunter2"); process.exit(3)`,
    });
    expect(await refused(repository, repository.commit("Broken"))).toMatchObject({
      code: "build-failed",
      message: "node build.mjs exited 3. Nothing was published.",
      evidence: ["password [redacted]"],
    });
  });

  test("says that a program is not there", async () => {
    const yaml = wholeApp["slipway.yaml"].replace("node build.mjs", "no-such-program --fast");
    const repository = aRepository({ ...wholeApp, "slipway.yaml": yaml });
    expect(await refused(repository, repository.commit("No program"))).toMatchObject({
      code: "build-failed",
      message: expect.stringContaining("no-such-program is not there"),
    });
  });

  const web = (script: string) => ({
    ...wholeApp,
    "build.mjs": `${reproducible}\n${script}`,
  });
  test.each([
    ["a link", `(await import("node:fs")).symlinkSync("index.html", "dist/web/other.html")`, "path-unsafe", /link/],
    ["a link out", `(await import("node:fs")).symlinkSync("/etc/passwd", "dist/web/x")`, "path-unsafe", /out of/],
    ["a linked folder", `(await import("node:fs")).symlinkSync("../..", "dist/web/loop")`, "path-unsafe", /link/],
    ["case twins", `writeFileSync("dist/web/Index.html", "")`, "path-unsafe", /case/],
    [
      "Unicode twins",
      `writeFileSync("dist/web/\u00e9.html", ""); writeFileSync("dist/web/e\u0301.html", "")`,
      "path-unsafe",
      /./,
    ],
    ["a control character", `writeFileSync("dist/web/a\\nb.html", "")`, "path-unsafe", /control/],
    ["a backslash", `writeFileSync("dist/web/a\\\\b.html", "")`, "path-unsafe", /backslash/],
    ["a space", `writeFileSync("dist/web/a b.html", "")`, "path-unsafe", /URLs/],
    [
      "33 deep",
      `const d = "dist/web/" + "d/".repeat(32); mkdirSync(d, {recursive: true}); writeFileSync(d + "x", "")`,
      "path-unsafe",
      /32 deep/,
    ],
    [
      "a pipe",
      `(await import("node:child_process")).execFileSync("mkfifo", ["dist/web/pipe"])`,
      "path-unsafe",
      /regular/,
    ],
    [
      "a missing script",
      `writeFileSync("dist/web/index.html", '\\n<script src="/assets/gone.js"></script>')`,
      "web-broken",
      /index\.html:2: "\/assets\/gone\.js"/,
    ],
    [
      "a missing fallback",
      `(await import("node:fs")).renameSync("dist/web/index.html", "dist/web/home.html")`,
      "web-broken",
      /fallback/,
    ],
  ])("is refused for pages with %s", async (_name, script, code, evidence) => {
    const repository = aRepository(web(script));
    const error = await refused(repository, repository.commit("Hostile"));
    expect(error).toMatchObject({ code, evidence: expect.arrayContaining([expect.stringMatching(evidence)]) });
  });

  test.each([
    ["a file that leads out", `(await import("node:fs")).symlinkSync("/etc/passwd", "dist/api/x")`],
    ["a link to what the image lacks", `(await import("node:fs")).symlinkSync("../web/index.html", "dist/api/x")`],
    ["case twins", `writeFileSync("dist/api/SERVER.js", "")`],
    ["a control character", `writeFileSync("dist/api/a\\u0007", "")`],
  ])("is refused for an image with %s", async (_name, script) => {
    const repository = aRepository(web(script));
    expect(await refused(repository, repository.commit("Hostile"))).toMatchObject({ code: "path-unsafe" });
  });

  test("is refused when the whole folder of pages is a link", async () => {
    const repository = aRepository(
      web(
        `(await import("node:fs")).renameSync("dist/web", "dist/real"); (await import("node:fs")).symlinkSync("real", "dist/web")`,
      ),
    );
    expect(await refused(repository, repository.commit("Linked"))).toMatchObject({ code: "path-unsafe" });
  });

  test("is refused when an asset has other bytes than before under its name", async () => {
    const repository = aRepository(wholeApp);
    await build(repository, repository.commit("First"));
    repository.write({ "build.mjs": reproducible.replace("log(1)", "log(2)") });
    expect(await refused(repository, repository.commit("Same name"))).toMatchObject({
      code: "web-collision",
      evidence: [expect.stringMatching(/^assets\/app-1a2b3c\.js: sha256:[0-9a-f]{12} in [0-9a-f]{7}, now sha256:/)],
    });
  });
});

test("a commit that the repository does not have is a mistake in the call", async () => {
  const repository = aRepository(wholeApp);
  repository.commit("One");
  const ports = await portsOf(repository);
  const config = parseConfig(wholeApp["slipway.yaml"], "slipway.yaml");
  if (!config.ok) throw new Error("the test's own slipway.yaml is refused");
  const input = {
    config: config.config,
    sha: "0123456789012345678901234567890123456789" as Sha,
    publisher: { by: "x", runUrl: null },
  };
  await expect(buildRelease(ports, input, () => undefined)).rejects.toBeInstanceOf(UserError);
});

describe("a build that is stopped", () => {
  test("by hand leaves nothing: no release, no folder, no process of its own", async () => {
    const repository = aRepository({
      ...wholeApp,
      "build.mjs": `console.log(process.pid); setInterval(() => {}, 1e6);`,
    });
    const sha = repository.commit("Never ends");
    const abort = new AbortController();
    const events: BuildEvent[] = [];
    const running = buildHere(repository.folder, sha, { events, signal: abort.signal }).catch(
      (error: unknown) => error,
    );
    const pid = await vi.waitUntil(
      () => events.flatMap((event) => (event.type === "build:log" ? [Number(event.line)] : []))[0],
      10_000,
    );
    abort.abort(new Error("stopped by hand"));
    expect(await running).toMatchObject({ message: "stopped by hand" });
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: "ESRCH" }));
    expect(await readRelease((await portsOf(repository)).store, sha)).toEqual({ status: "missing" });
    expect(leftovers(repository)).toEqual([]);
  });

  const script = fileURLToPath(new URL("../../test/build-process.ts", import.meta.url));
  test.each([60, 180, 300, 450])(
    "by kill -9 after %i ms is run again, though it is not reproducible",
    async (milliseconds) => {
      const random = `(await import("node:crypto")).randomUUID()`;
      const repository = aRepository({
        ...wholeApp,
        "build.mjs": reproducible.replace("process.env.SOURCE_DATE_EPOCH", random),
      });
      const sha = repository.commit("Killed");
      const child = spawn(process.execPath, [script, repository.folder, sha], { stdio: "ignore" });
      const exit = once(child, "exit");
      // From the moment it has begun to write, so that a slow machine is killed in the same places.
      await vi.waitUntil(
        () => existsSync(join(repository.folder, ".slipway", "build")) || child.exitCode !== null,
        20_000,
      );
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      child.kill("SIGKILL");
      await exit;

      const { store, shelf } = await portsOf(repository);
      const seen = await readRelease(store, sha);
      if (seen.status === "found") {
        // It was done before it was killed: the next build is another one, which is said.
        await expect(build(repository, sha)).rejects.toMatchObject({ code: "build-differs" });
      } else {
        expect(seen).toEqual({ status: "missing" });
        expect(await build(repository, sha)).toMatchObject({ status: "published" });
      }
      expect(await verifyRelease(store, shelf, sha)).toMatchObject({ status: "whole" });
      expect(leftovers(repository)).toEqual([]);
    },
  );
});

test("an app may be a folder of a larger repository", async () => {
  const inFolder = Object.fromEntries(Object.entries(wholeApp).map(([path, text]) => [`apps/orders/${path}`, text]));
  const repository = aRepository({ ...inFolder, "apps/other/big.txt": "not of this app" });
  const sha = repository.commit("Two apps");
  const end = await buildHere(join(repository.folder, "apps/orders"), sha);
  expect(end).toMatchObject({ status: "published", manifest: { web: { entries: 1 }, migrations: { engine: "knex" } } });
  expect(end.policy).toMatchObject({ status: "in-force" });
  repository.write({ "apps/other/big.txt": "changed" });
  await expect(buildHere(join(repository.folder, "apps/orders"), sha)).rejects.toMatchObject({ code: "tree-dirty" });
});
