import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { aBuiltCheckout } from "../../test/emulators/built-checkout.ts";
import { provideNodeImage } from "../../test/emulators/node-image.ts";
import type { ServiceName, Sha } from "../identifiers.ts";
import type { AddedFile, ImageOrder } from "../release/build-ports.ts";
import { registryOf } from "./build/registry.ts";
import { createDockerImageBuilder } from "./docker-image-builder.ts";
import { createRegistryShelf } from "./image-shelf.ts";

const env = { ...process.env, DOCKER_HOST: inject("dockerHost") };
const run = async (program: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, args, { env, maxBuffer: 2 ** 26 })).stdout.trim();
const host = new URL(inject("registry")).host;
const platform = process.arch === "x64" ? "linux/amd64" : "linux/arm64";
const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;
/** Of a few megabytes; in the engine too. */
const base = `${inject("busybox").split("@")[0]}:1`;
const mark = randomBytes(4).toString("hex");
const committedAt = 1_790_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-docker-"));
  mkdirSync(join(folder, "builds"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const newRepository = (): string => `${host}/app-${randomBytes(4).toString("hex")}`;

interface Wanted {
  readonly repository?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly mode?: number;
  readonly added?: readonly AddedFile[];
  readonly dockerfile?: string | null;
  readonly signal?: AbortSignal;
  readonly platform?: string;
}
const lines: string[] = [];
function build({ repository = newRepository(), files = app, mode, ...wanted }: Wanted = {}) {
  const { checkout } = aBuiltCheckout(folder, files, env, mode);
  const registry = registryOf({ repository, platform: wanted.platform ?? platform });
  const builder = createDockerImageBuilder({ registry, adopted: new Map(), builds: join(folder, "builds") });
  const order: ImageOrder = {
    service: "api" as ServiceName,
    from: { checkout, files: [] },
    dockerfile: wanted.dockerfile ?? "docker/api.Dockerfile",
    added: wanted.added ?? [],
    commit: { sha, committedAt },
    onLine: (line) => lines.push(line),
    signal: wanted.signal ?? new AbortController().signal,
  };
  return builder.build(order);
}

const app = {
  "docker/api.Dockerfile": `FROM ${base}
ARG SLIPWAY_SHA
ENV RELEASE=$SLIPWAY_SHA
WORKDIR /app
LABEL slipway.test="${mark}"
RUN busybox mkdir made && echo made > made/here.txt
COPY . .
USER 1000
HEALTHCHECK CMD ["echo"]
CMD ["echo", "hello"]
`,
  "main.js": "console.log('hello')",
  "lib/a.js": "a",
};

describe("an image of a dockerfile", () => {
  test("is in the registry under its digest, and says whose it is and what it is started by", async () => {
    const repository = newRepository();
    const { image, files } = await build({ repository });
    expect({ image, files }).toEqual({
      image: {
        repository,
        platform,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        bytes: expect.any(Number),
      },
      files: null,
    });
    const read = async (...args: readonly string[]) =>
      JSON.parse(
        await run("skopeo", "inspect", "--tls-verify=false", ...args, `docker://${repository}@${image.digest}`),
      );
    expect(await read("--config", "--raw")).toMatchObject({
      os: "linux",
      created: "1970-01-01T00:00:00Z",
      config: { User: "1000", WorkingDir: "/app", Cmd: ["echo", "hello"], Healthcheck: { Test: ["CMD", "echo"] } },
    });
    expect((await read("--config", "--raw")).config.Env).toContain(`RELEASE=${sha}`);
    const manifest = await read("--raw");
    const sizes = [manifest.config, ...manifest.layers].map(({ size }: { size: number }) => size);
    expect(image.bytes - sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000);
    expect(readdirSync(join(folder, "builds"))).toEqual([]);
  });

  test("has the same digest whenever and wherever it is built, and whatever the umask was", async () => {
    const once = await build();
    // Otherwise the engine would take its own layers again, times and all.
    const own = await run("docker", "images", "--quiet", "--filter", `label=slipway.test=${mark}`);
    for (const id of own.split("\n")) await run("docker", "rmi", "--force", id);
    lines.length = 0;
    const again = await build({ mode: 0o664 });
    expect(lines.join("\n")).not.toContain("Using cache");
    expect(again.image.digest).toBe(once.image.digest);
    const other = await build({ files: { ...app, "lib/a.js": "b" } });
    expect(other.image.digest).not.toBe(once.image.digest);
  });

  test("is not sent again when it is there, and is what was there also when somebody has compressed it otherwise", async () => {
    const repository = newRepository();
    const { image } = await build({ repository });
    const tags = await run("skopeo", "list-tags", "--tls-verify=false", `docker://${repository}`);
    const tag = JSON.parse(tags).Tags[0];
    const copied = `${repository}-copied`;
    const copy = ["copy", "--src-tls-verify=false", "--dest-tls-verify=false"];
    await run(
      "skopeo",
      ...copy,
      "--dest-compress-format=zstd",
      "--dest-oci-accept-uncompressed-layers",
      `docker://${repository}:${tag}`,
      `docker://${copied}:${tag}`,
    );
    const there = await run(
      "skopeo",
      "inspect",
      "--tls-verify=false",
      "--format={{.Digest}}",
      `docker://${copied}:${tag}`,
    );
    const taken = await build({ repository: copied });
    expect(taken.image.digest).toBe(there);
    expect((await build({ repository })).image).toEqual(image);
  });

  test("runs from the registry, not as root, and holds what was added where its commands start", async () => {
    const repository = newRepository();
    const added = [{ path: ".slipway/migrate.mjs", bytes: Buffer.from("echo migrated by $(busybox id -u)") }];
    const { image } = await build({ repository, added });
    const ref = `${repository}@${image.digest}`;
    expect(await run("docker", "run", "--rm", ref)).toBe("hello");
    expect(await run("docker", "run", "--rm", ref, "sh", ".slipway/migrate.mjs")).toBe("migrated by 1000");
    expect(await run("docker", "run", "--rm", ref, "busybox", "cat", "made/here.txt")).toBe("made");
    expect(await run("docker", "run", "--rm", ref, "busybox", "ls", "-a", "/app")).not.toContain(".git\n");
  });

  test("can be verified where it is, and is kept by a tag of its own", async () => {
    const { image } = await build();
    const shelf = createRegistryShelf();
    expect(await shelf.verify(image)).toEqual({ status: "same", bytes: image.bytes });
    expect(await shelf.keep(image)).toBe("kept");
    expect(await shelf.keep(image)).toBe("kept");
    const tags = await run("skopeo", "list-tags", "--tls-verify=false", `docker://${image.repository}`);
    expect(JSON.parse(tags).Tags).toContain(`release-${image.digest.slice("sha256:".length)}`);
    const gone = { ...image, digest: `sha256:${"0".repeat(64)}` as typeof image.digest };
    expect(await shelf.verify(gone)).toEqual({ status: "missing" });
    expect(await shelf.keep(gone)).toBe("missing");
  });

  test("that fails to build says its last lines, without secrets", async () => {
    const files = { Dockerfile: `FROM ${base}\nRUN echo "password hunter2"; busybox cat /nowhere\n` };
    const failed = await build({ files, dockerfile: "Dockerfile" }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: "build-failed",
      message: expect.stringContaining("docker build of api exited 1"),
    });
    const told = (failed as { evidence: readonly string[] }).evidence.join("\n");
    expect(told).toContain("/nowhere");
    expect(told + lines.join("\n")).not.toContain("hunter2");
    expect(readdirSync(join(folder, "builds"))).toEqual([]);
  });

  test("for another platform than the environment's is refused", async () => {
    const other = platform === "linux/amd64" ? "linux/arm64" : "linux/amd64";
    const files = { Dockerfile: `FROM ${base}\n` };
    await expect(build({ files, dockerfile: "Dockerfile", platform: other })).rejects.toMatchObject({
      code: "build-failed",
    });
  });

  test.each<[name: string, make: (root: string) => void, code: string]>([
    ["is not there", () => undefined, "build-failed"],
    ["is a link", (root) => symlinkSync("/etc/passwd", join(root, "Dockerfile")), "path-unsafe"],
    ["is a folder", (root) => mkdirSync(join(root, "Dockerfile/sub"), { recursive: true }), "path-unsafe"],
    [
      "stands beside a .dockerignore that leads out",
      (root) => {
        writeFileSync(join(root, "Dockerfile"), `FROM ${base}\n`);
        symlinkSync("/tmp/elsewhere", join(root, ".dockerignore"));
      },
      "path-unsafe",
    ],
  ])("a dockerfile that %s is refused", async (_name, make, code) => {
    const { root, checkout } = aBuiltCheckout(folder, { "a.txt": "a" }, env);
    make(root);
    if (code === "path-unsafe" && _name === "is a folder") writeFileSync(join(root, "Dockerfile/sub/x"), "x");
    const registry = registryOf({ repository: newRepository(), platform });
    const builder = createDockerImageBuilder({ registry, adopted: new Map(), builds: join(folder, "builds") });
    const order = {
      service: "api" as ServiceName,
      from: { checkout, files: [] },
      dockerfile: "Dockerfile",
      added: [],
      commit: { sha, committedAt },
      onLine: () => undefined,
      signal: new AbortController().signal,
    };
    await expect(builder.build(order)).rejects.toMatchObject({ code });
  });

  test("is given up at once when the build is stopped, and leaves nothing with a name", async () => {
    const before = await run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}");
    const files = { Dockerfile: `FROM ${base}\nRUN sleep 60\n` };
    const from = performance.now();
    const stopped = build({ files, dockerfile: "Dockerfile", signal: AbortSignal.timeout(2_000) });
    await expect(stopped).rejects.toThrow("timeout");
    expect(performance.now() - from).toBeLessThan(15_000);
    expect(readdirSync(join(folder, "builds"))).toEqual([]);
    const after = await run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}");
    expect(
      after
        .split("\n")
        .filter((name) => !name.includes("<none>"))
        .toSorted(),
    ).toEqual(
      before
        .split("\n")
        .filter((name) => !name.includes("<none>"))
        .toSorted(),
    );
  });

  test("a push that nobody is allowed is told with what to do", async () => {
    const repository = `${new URL(inject("guardedRegistry")).host}/app`;
    await expect(build({ repository })).rejects.toMatchObject({
      code: "credentials",
      next: [`docker login ${new URL(inject("guardedRegistry")).host}`],
    });
  });
});

test("an image for plain SQL needs no dockerfile: one of ours holds the migrations and what applies them", async () => {
  await provideNodeImage(inject("dockerHost"));
  const { checkout } = aBuiltCheckout(folder, { "migrations/1_a.sql": "select 1" }, env);
  const registry = registryOf({ repository: newRepository(), platform });
  const { image } = await createDockerImageBuilder({
    registry,
    adopted: new Map(),
    builds: join(folder, "builds"),
  }).build({
    service: "migrations",
    from: { checkout, files: ["migrations/1_a.sql"] },
    dockerfile: null,
    added: [
      {
        path: ".slipway/migrate.mjs",
        bytes: Buffer.from("console.log(fs.readFileSync('migrations/1_a.sql', 'utf8'))"),
      },
    ],
    commit: { sha, committedAt },
    onLine: () => undefined,
    signal: new AbortController().signal,
  });
  const ref = `${image.repository}@${image.digest}`;
  expect(await run("docker", "run", "--rm", ref, "cat", "migrations/1_a.sql")).toBe("select 1");
});

test("migrations of an adopted image run on top of it, and the service keeps what was handed in", async () => {
  const repository = newRepository();
  const { image: adopted } = await build({ repository });
  const { checkout } = aBuiltCheckout(folder, {}, env);
  const registry = registryOf({ repository, platform });
  const built = await createDockerImageBuilder({
    registry,
    adopted: new Map([["api", adopted]]),
    builds: join(folder, "builds"),
  }).build({
    service: "api" as ServiceName,
    from: { checkout, files: [] },
    dockerfile: null,
    added: [{ path: ".slipway/migrate.mjs", bytes: Buffer.from("echo ran") }],
    commit: { sha, committedAt },
    onLine: () => undefined,
    signal: new AbortController().signal,
  });
  expect(built.image).toEqual(adopted);
  const ref = `${repository}@${built.runner?.digest}`;
  expect(await run("docker", "run", "--rm", ref, "sh", ".slipway/migrate.mjs")).toBe("ran");
  expect(await run("docker", "run", "--rm", ref)).toBe("hello");
});
