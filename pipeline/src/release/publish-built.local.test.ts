import { cpSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { buildHere, configOf, localBuildPorts } from "../../test/local-build.ts";
import { ScratchRepository } from "../../test/scratch-repository.ts";
import type { Digest, Sha } from "../identifiers.ts";
import { openBuiltFolder } from "../local/built-folder.ts";
import { createImageBuilder } from "../local/image-builder.ts";
import { createImageStore } from "../local/image-store.ts";
import { buildIntoFolder } from "./build-release.ts";
import { canonicalBytes, sha256 } from "./canonical-json.ts";
import { publishBuilt } from "./publish-built.ts";
import { readPolicy } from "./publish-policy.ts";
import { readRelease } from "./read-release.ts";
import { verifyRelease } from "./verify-release.ts";

const open: ScratchRepository[] = [];
afterEach(() => {
  for (const repository of open.splice(0)) repository[Symbol.dispose]();
});

const app = {
  "slipway.yaml": `version: 1
app: orders
build: [node build.mjs]
environments: { dev: {}, prod: {} }
services:
  api: { files: [dist/api], run: node dist/api/server.js, port: PORT, paths: [/api/*], health: /healthz }
migrations: { sql: migrations }
web: { folder: dist/web, assets: ["assets/**"], fallback: index.html }
`,
  "build.mjs": `
import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync("dist/api", { recursive: true });
mkdirSync("dist/web/assets", { recursive: true });
writeFileSync("dist/api/server.js", "// api " + process.env.SLIPWAY_SHA);
writeFileSync("dist/web/assets/app-1a2b3c.js", "console.log(1)");
writeFileSync("dist/web/index.html", '<script type="module" src="/assets/app-1a2b3c.js"></script>');
`,
  "migrations/0001_first.sql": "create table t (id int);\n",
  ".gitignore": "out*\n.slipway\n",
};

/** A commit built into `out/`, as the job without credentials does it. */
async function aBuiltFolder() {
  const repository = new ScratchRepository(app);
  open.push(repository);
  const sha = repository.commit("First");
  const out = join(repository.folder, "out");
  const built = await buildInto(repository, sha, out);
  return { repository, sha, out, digest: built.digest };
}

async function buildInto(repository: ScratchRepository, sha: Sha, out: string) {
  const images = createImageBuilder(createImageStore(join(out, "images")), "linux/amd64");
  const ports = { ...(await localBuildPorts(repository.folder)), images, folder: openBuiltFolder(out, null) };
  const publisher = { by: "nobody", runUrl: null };
  return await buildIntoFolder(ports, { config: configOf(repository.folder, sha), sha, publisher }, () => undefined);
}

interface Half {
  readonly repository: ScratchRepository;
  readonly sha: Sha;
  readonly out: string;
  readonly digest: Digest;
}

/** As the job that holds the credentials does it. `knows`: it stands in a checkout of the repository. */
async function publish({ repository, out, digest }: Half, { knows = true, app: name = "orders" } = {}) {
  const ports = await localBuildPorts(repository.folder);
  const images = createImageStore(join(repository.folder, ".slipway", "images"));
  const commitAt = async (sha: Sha) => {
    const commit = knows ? await ports.workTree.commit(sha) : null;
    return commit === null ? null : { commit, config: configOf(repository.folder, sha) };
  };
  const input = { app: name, digest, publisher: { by: "ci@github", runUrl: null }, rollbackWindow: 10 };
  return await publishBuilt({ ...ports, folder: openBuiltFolder(out, images), commitAt }, input, () => undefined);
}

/** The error, once it is certain that no release can be seen. */
async function refusal(half: Half, options: Parameters<typeof publish>[1] = {}): Promise<unknown> {
  const error = await publish(half, options).then(
    () => {
      throw new Error("the folder was published");
    },
    (reason: unknown) => reason,
  );
  const { store } = await localBuildPorts(half.repository.folder);
  expect(await readRelease(store, half.sha)).toEqual({ status: "missing" });
  expect(await store.list("releases/")).toEqual([]);
  return error;
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

describe("a build in two halves", () => {
  test("is the release that one build makes", async () => {
    const half = await aBuiltFolder();
    const published = await publish(half);
    expect(published).toMatchObject({ status: "published", sha: half.sha, policy: { status: "in-force" } });
    const { store, shelf } = await localBuildPorts(half.repository.folder);
    expect(await verifyRelease(store, shelf, half.sha)).toMatchObject({ status: "whole", images: 2 });
    expect(published.manifest.publisher.by).toBe("ci@github");
    expect(await buildHere(half.repository.folder, half.sha)).toMatchObject({ status: "same", by: "ci@github" });
    expect(await publish(half)).toMatchObject({ status: "same" });
  });

  test("touches nothing but its folder while repository code runs, and gives the same digest again", async () => {
    const half = await aBuiltFolder();
    const { store } = await localBuildPorts(half.repository.folder);
    expect(await store.list("")).toEqual([]);
    expect(readdirSync(half.out).toSorted()).toEqual(["blobs", "build.json", "images"]);
    // The second build replaces the first.
    expect((await buildInto(half.repository, half.sha, half.out)).digest).toBe(half.digest);
  });

  test("publishes where there is no checkout, and leaves policy alone", async () => {
    const half = await aBuiltFolder();
    expect(await publish(half, { knows: false })).toMatchObject({
      status: "published",
      policy: { status: "kept", because: "unknown" },
    });
    const { store } = await localBuildPorts(half.repository.folder);
    expect(await readPolicy(store)).toBeNull();
  });

  test("refuses a folder that holds something else, before anything is built", async () => {
    const half = await aBuiltFolder();
    writeFileSync(join(half.out, "thesis.txt"), "mine");
    await expect(buildInto(half.repository, half.sha, half.out)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("thesis.txt"),
    });
    expect(readdirSync(half.out).toSorted()).toEqual(["blobs", "build.json", "images", "thesis.txt"]);
  });
});

describe("a folder that is not what the digest says", () => {
  test("is refused whichever of its files has another byte, is cut, is gone, or is a link", async () => {
    const half = await aBuiltFolder();
    const files = filesOf(half.out);
    // build.json, two file lists, the web list, two pages, the images of api and of the migrations.
    expect(files).toHaveLength(8);
    const whole = join(half.repository.folder, "out-whole");
    cpSync(half.out, whole, { recursive: true });
    for (const file of files) {
      const bytes = readFileSync(file);
      const damages: Readonly<Record<string, () => void>> = {
        flipped: () => writeFileSync(file, bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1)),
        cut: () => writeFileSync(file, bytes.subarray(0, -1)),
        grown: () => writeFileSync(file, Buffer.concat([bytes, Buffer.from("x")])),
        gone: () => rmSync(file),
        "a link": () => {
          renameSync(file, `${file}.real`);
          symlinkSync(`${file}.real`, file);
        },
      };
      for (const [name, damage] of Object.entries(damages)) {
        damage();
        expect(await refusal(half), `${file} ${name}`).toMatchObject({ code: "release-corrupt" });
        rmSync(half.out, { recursive: true });
        // An image that was taken before is not read again.
        rmSync(join(half.repository.folder, ".slipway", "images"), { recursive: true, force: true });
        cpSync(whole, half.out, { recursive: true });
      }
    }
    expect(await publish(half)).toMatchObject({ status: "published" });
  });

  test("is refused by another digest than its own", async () => {
    const half = await aBuiltFolder();
    const other = sha256(new TextEncoder().encode("other"));
    expect(await refusal({ ...half, digest: other })).toMatchObject({
      code: "release-corrupt",
      evidence: [expect.stringMatching(/^build\.json: sha256:\w{12}, expected sha256:\w{12}$/)],
    });
  });
});

describe("a folder that lies, under a digest of its own", () => {
  type Built = Record<string, never> & {
    git: Record<string, string>;
    services: Record<string, unknown>[];
    images: Record<string, Record<string, unknown>>;
    web: { digest: string };
  };
  function retell(half: Half, change: (built: Built) => void): Half {
    const file = join(half.out, "build.json");
    const built = JSON.parse(readFileSync(file, "utf8")) as Built;
    change(built);
    const bytes = canonicalBytes(built);
    writeFileSync(file, bytes);
    return { ...half, digest: sha256(bytes) };
  }
  const lies: readonly (readonly [string, string, (built: Built) => void])[] = [
    ["of another tree", "release-foreign", (built) => Object.assign(built.git, { tree: "0".repeat(40) })],
    ["of the subject", "release-foreign", (built) => Object.assign(built.git, { subject: "Harmless" })],
    ["of another app", "release-foreign", (built) => Object.assign(built, { app: "payments" })],
    [
      "of how a service is started",
      "release-foreign",
      (built) => Object.assign(built.services[0] ?? {}, { run: ["sh", "-c", "id"] }),
    ],
    [
      "of where an image is",
      "release-corrupt",
      (built) => Object.assign(built.images.api ?? {}, { repository: "x/y" }),
    ],
    ["of the size of an image", "release-corrupt", (built) => Object.assign(built.images.api ?? {}, { bytes: 1 })],
    ["with a publisher", "release-corrupt", (built) => Object.assign(built, { publisher: { by: "x", runUrl: null } })],
    ["without its image", "release-corrupt", (built) => Object.assign(built, { images: {} })],
  ];
  test.each(lies)("%s is refused: %s", async (_, code, change) => {
    const half = await aBuiltFolder();
    expect(await refusal(retell(half, change))).toMatchObject({ code });
  });

  test("of another app is refused where the commit is not known either", async () => {
    const half = await aBuiltFolder();
    expect(await refusal(half, { knows: false, app: "payments" })).toMatchObject({
      code: "release-foreign",
      evidence: ['app: "orders", expected "payments"'],
    });
  });

  test("by pages that would be broken is refused", async () => {
    const half = await aBuiltFolder();
    const list = JSON.parse(readFileSync(blobOf(half, webDigest(half)), "utf8")) as { files: { path: string }[] };
    list.files = list.files.filter(({ path }) => !path.startsWith("assets/"));
    const bytes = canonicalBytes(list);
    writeFileSync(blobOf(half, sha256(bytes)), bytes);
    const broken = retell(half, (built) => {
      built.web.digest = sha256(bytes);
    });
    expect(await refusal(broken)).toMatchObject({ code: "web-broken" });
  });

  const webDigest = (half: Half): string =>
    (JSON.parse(readFileSync(join(half.out, "build.json"), "utf8")) as Built).web.digest;
  const blobOf = (half: Half, digest: string): string => join(half.out, "blobs", digest.slice(7));
});
