import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { RunnerResult } from "../src/migration/batch.ts";
import { type BatchFile, batchFilePath, runnerPath } from "../src/migration/batch-file.ts";
import { migrationName } from "../src/migration/migration-name.ts";
import { readRunnerResult } from "../src/migration/parse-result.ts";
import { loadRunnerBundle } from "../src/migration/runner/bundle.ts";
import { sha256 } from "../src/release/canonical-json.ts";

/** An unpacked image with the runner and a folder of migrations in it; removed when the test is over. */
export interface TestImage {
  readonly root: string;
}
export interface TestRun {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly result: RunnerResult | null;
}

/** `files` by name, in order of name. */
export async function anImage(
  engine: "knex" | "sql",
  files: Readonly<Record<string, string>>,
  change: Partial<BatchFile> = {},
): Promise<TestImage> {
  const root = await mkdtemp(join(tmpdir(), "slipway-test-image-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const names = Object.keys(files).toSorted();
  await mkdir(join(root, "migrations"));
  for (const name of names) await writeFile(join(root, "migrations", name), files[name] ?? "");
  await mkdir(join(root, ".slipway"));
  for (const { path, bytes } of await loadRunnerBundle(engine)) await writeFile(join(root, path), bytes);
  await writeFile(join(root, "package.json"), '{"type":"module"}');
  if (engine === "knex") {
    const knex = createRequire(import.meta.url).resolve("knex/package.json");
    await symlink(dirname(dirname(knex)), join(root, "node_modules"));
  }
  const batch: BatchFile = {
    version: 1,
    engine,
    folder: "migrations",
    files: names.map((file) => ({ name: migrationName(file), file, sha256: sha256(files[file] ?? "") })),
    database: "DATABASE_URL",
    lockTimeoutMilliseconds: 2_000,
    timeoutSeconds: 60,
    ...change,
  };
  await writeFile(join(root, batchFilePath), JSON.stringify(batch));
  return { root };
}

const order = {
  SLIPWAY_TASK: "run",
  SLIPWAY_EPOCH: "1",
  SLIPWAY_ATTEMPT: "1",
  SLIPWAY_LINEAGE: "a-ledger",
  SLIPWAY_EXPECT: "",
  SLIPWAY_SHA: "0123456789abcdef0123456789abcdef01234567",
  SLIPWAY_ENV: "dev",
};

/** Starts the runner as the platform does: a process in the image's root, its order in the environment. */
export function startRunner(
  { root }: TestImage,
  database: { readonly url: string },
  change: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<TestRun>; saw(text: string): Promise<void> } {
  const child = spawn(process.execPath, [runnerPath], {
    cwd: root,
    env: { ...order, DATABASE_URL: database.url, ...change },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const watcher of watchers) watcher();
    });
  }
  const ended = new Promise<TestRun>((resolve) => {
    child.on("close", (exitCode) => {
      const lines = output.trimEnd().split("\n");
      resolve({ exitCode, lines, result: readRunnerResult(lines) });
    });
  });
  const saw = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const watcher = () => output.includes(text) && resolve();
      watchers.add(watcher);
      watcher();
      void ended.then(() => reject(new Error(`the runner ended without "${text}":\n${output}`)));
    });
  return { child, ended, saw };
}

export const runRunner = (
  image: TestImage,
  database: { readonly url: string },
  change: Readonly<Record<string, string>> = {},
): Promise<TestRun> => startRunner(image, database, change).ended;
