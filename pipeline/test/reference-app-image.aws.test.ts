import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startPostgres } from "../../reference-app/development/postgres.ts";
import { writeTree } from "../../reference-app/scenarios/commits.ts";
import { registryOf } from "../src/aws/build/registry.ts";
import { createDockerImageBuilder } from "../src/aws/docker-image-builder.ts";
import { parseConfig } from "../src/config/load.ts";
import type { Sha } from "../src/identifiers.ts";
import { checkoutIn } from "../src/local/checkout.ts";
import { loadRunnerBundle } from "../src/migration/runner/bundle.ts";
import { readMigrationSet, runnerAdditions } from "../src/release/build-migrations.ts";
import type { BuiltImage, DraftPorts } from "../src/release/build-ports.ts";
import { nodeImage, provideNodeImage } from "./emulators/node-image.ts";

const app = fileURLToPath(new URL("../../reference-app/", import.meta.url));
const env = { ...process.env, DOCKER_HOST: inject("dockerHost") };
const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;
const repository = `${new URL(inject("registry")).host}/chronoledger-${randomBytes(4).toString("hex")}`;
const platform = process.arch === "x64" ? "linux/amd64" : "linux/arm64";
const docker = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)("docker", args, { env })).stdout.trim();

let scratch: string;
/** Images of the engine, before they were made the same. */
const own: string[] = [];
let built: Readonly<Record<string, BuiltImage>>;
beforeAll(async () => {
  await provideNodeImage(inject("dockerHost"));
  // Below the app, so that the packages resolve upwards as they do for Slipway's checkouts.
  mkdirSync(join(app, "dist"), { recursive: true });
  scratch = await mkdtemp(join(app, "dist/images-"));
  built = await buildAll("first");
}, 120_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** As `promote build` does: the commit, its build commands, and then the dockerfiles that its slipway.yaml names. */
async function buildAll(place: string): Promise<Readonly<Record<string, BuiltImage>>> {
  const folder = join(scratch, place);
  mkdirSync(folder);
  await writeTree("base", folder);
  execFileSync(process.execPath, ["build/build.ts", "--image"], {
    cwd: folder,
    env: { PATH: process.env.PATH, SLIPWAY_SHA: sha },
  });
  const parsed = parseConfig(readFileSync(join(folder, "slipway.yaml"), "utf8"), "slipway.yaml");
  if (!parsed.ok || parsed.config.migrations === null) throw new Error("slipway.yaml is refused");
  const { config } = parsed;
  const checkout = checkoutIn(folder, 0, { variables: env, redact: (text) => text });
  const ports = { runnerFiles: loadRunnerBundle } as DraftPorts;
  const set = await readMigrationSet(checkout, parsed.config.migrations);
  const registry = registryOf({ repository, platform });
  const builder = createDockerImageBuilder({ registry, adopted: new Map(), builds: scratch });
  const images: Record<string, BuiltImage> = {};
  for (const { name, dockerfile } of config.services)
    images[name] = await builder.build({
      service: name,
      from: { checkout, files: [] },
      dockerfile,
      added: config.migrations?.service === name ? await runnerAdditions(ports, set) : [],
      commit: { sha, committedAt: 1_790_000_000 },
      onLine: (line) => own.push(...(/^Successfully built (\w+)/.exec(line)?.slice(1) ?? [])),
      signal: new AbortController().signal,
    });
  return images;
}
const refOf = (service: string): string => `${repository}@${built[service]?.image.digest}`;

describe("images of the reference app", () => {
  test("have little beside Node and what was built, and no tools", async () => {
    const base = Number(await docker("image", "inspect", "--format", "{{.Size}}", nodeImage));
    for (const service of ["api", "worker"]) {
      await docker("pull", "--quiet", refOf(service));
      const size = Number(await docker("image", "inspect", "--format", "{{.Size}}", refOf(service)));
      expect(size - base).toBeLessThan(4_000_000);
      const files = await docker("run", "--rm", refOf(service), "busybox", "find", "/app", "-type", "f");
      const tops = new Set(files.split("\n").map((file) => file.split("/").slice(2, 4).join("/")));
      expect(
        [...tops].filter(
          (top) =>
            !/^(\.slipway\/migrat|package\.json|dist\/(api|worker)|node_modules\/(knex|pg)|migrations\/)/.test(top),
        ),
      ).toEqual([]);
      expect(await docker("run", "--rm", refOf(service), "busybox", "id", "-u")).toBe("1000");
    }
  });

  test("are the same when the commit is built again", async () => {
    // Otherwise the engine would take its own layers again, times and all.
    for (const id of own) await docker("rmi", "--force", id).catch(() => "");
    const again = await buildAll("second");
    expect(again).toEqual(built);
  }, 120_000);

  test("apply their own migrations, run, and say that they are healthy", async () => {
    await using postgres = await startPostgres();
    const socket = new URLSearchParams(postgres.url.split("?")[1]).get("host") ?? "";
    chmodSync(socket, 0o755);
    const shut = ["--read-only", "--cap-drop=ALL"];
    const withDatabase = ["--volume", `${socket}:${socket}`, "--env", `DATABASE_URL=${postgres.url}`];
    const task = Object.entries(runTask).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const log = await docker(
      "run",
      "--rm",
      ...shut,
      ...withDatabase,
      ...task,
      refOf("api"),
      "node",
      ".slipway/migrate.mjs",
    );
    expect(log).toContain("20261026091500_spreadsheet_entries");
    const start = (service: string): Promise<string> =>
      docker("run", "--detach", ...shut, ...withDatabase, "--health-interval=500ms", refOf(service));
    const containers = [await start("api"), await start("worker")];
    try {
      for (const container of containers) expect(await untilJudged(container)).toBe("healthy");
      const ready = "fetch('http://127.0.0.1:3000/readyz').then((answer) => console.log(answer.status))";
      expect(await docker("exec", containers[0] ?? "", "node", "-e", ready)).toBe("200");
      for (const container of containers) {
        await docker("stop", "--time=20", container);
        expect(await docker("inspect", "--format", "{{.State.ExitCode}}", container)).toBe("0");
      }
    } finally {
      await docker("rm", "--force", ...containers);
    }
  }, 120_000);
});

/** As a promotion tells it. */
const runTask = {
  SLIPWAY_TASK: "run",
  SLIPWAY_EPOCH: "1",
  SLIPWAY_ATTEMPT: "1",
  SLIPWAY_LINEAGE: "one",
  SLIPWAY_SHA: sha,
  SLIPWAY_ENV: "dev",
};

async function untilJudged(container: string): Promise<string> {
  for (let look = 0; look < 100; look += 1) {
    const health = await docker("inspect", "--format", "{{.State.Health.Status}} {{.State.Status}}", container);
    if (!health.startsWith("starting running")) {
      if (!health.startsWith("healthy")) return `${health}\n${await docker("logs", container)}`;
      return "healthy";
    }
    await delay(200);
  }
  return "starting";
}
