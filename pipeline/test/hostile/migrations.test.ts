import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { BatchFile } from "../../src/migration/batch-file.ts";
import { batchFilePath } from "../../src/migration/batch-file.ts";
import { readRunnerResult } from "../../src/migration/parse-result.ts";
import { findScriptProblem } from "../../src/migration/runner/check-script.ts";
import { RunnerFailure } from "../../src/migration/runner/failure.ts";
import { readTaskInput } from "../../src/migration/runner/task-input.ts";
import { countCases } from "./count-cases.ts";
import { type Damage, damaged, type HostileCase, readCases, type Told, textOf } from "./hostile-case.ts";

countCases("hostile-migrations", "hostile migrations, orders and results");

/** One of: a file of SQL, the list beside the runner, the order that a task is given, what a task prints. */
interface HostileMigration extends HostileCase {
  readonly sql?: string;
  readonly batch?: Damage;
  readonly variables?: Readonly<Record<string, string>>;
  readonly line?: Told | readonly string[];
}

const root = mkdtempSync(join(tmpdir(), "slipway-hostile-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const list: BatchFile = {
  version: 1,
  engine: "sql",
  folder: "db",
  files: [{ name: "0001_first", file: "0001_first.sql", sha256: `sha256:${"0".repeat(64)}` }],
  database: "DATABASE_URL",
  lockTimeoutMilliseconds: 5_000,
  timeoutSeconds: 900,
};
const order = {
  SLIPWAY_TASK: "run",
  SLIPWAY_EPOCH: "1",
  SLIPWAY_ATTEMPT: "1",
  SLIPWAY_LINEAGE: "x",
  SLIPWAY_SHA: "0".repeat(40),
  SLIPWAY_ENV: "dev",
  DATABASE_URL: "postgres://app:hunter2@127.0.0.1/app",
};

async function inputOf(text: Uint8Array | string, variables: Readonly<Record<string, string>>): Promise<unknown> {
  mkdirSync(dirname(join(root, batchFilePath)), { recursive: true });
  writeFileSync(join(root, batchFilePath), text);
  return await readTaskInput(root, { ...order, ...variables }).catch((error: unknown) => error);
}

const cases = readCases<HostileMigration>(new URL("cases/migrations.json", import.meta.url));
const having = (part: keyof HostileMigration) => cases.filter((hostile) => hostile[part] !== undefined);

test("the list and the order that are made hostile are well ones", async () => {
  expect(await inputOf(JSON.stringify(list), {})).toMatchObject({ epoch: 1, batch: list });
  expect(findScriptProblem("create table t (id int);\n")).toBeNull();
});

test.for(having("sql"))("a file of SQL with $name is not run", ({ sql }) => {
  expect(findScriptProblem(sql ?? "")).toMatchObject({
    message: expect.stringMatching(/not (?:allowed|SQL|supported)/),
  });
});

test.for([...having("batch"), ...having("variables")])("$name is refused, and no value is shown", async (hostile) => {
  const { batch, variables = {}, code } = hostile;
  const text = batch ? damaged(JSON.stringify(list), batch, JSON.stringify) : JSON.stringify(list);
  const error = await inputOf(text, variables);
  expect(error).toBeInstanceOf(RunnerFailure);
  expect(error).toMatchObject({ status: "refused", report: { code } });
  expect((error as Error).message + JSON.stringify((error as RunnerFailure).report)).not.toContain("hunter2");
});

test.for(having("line"))("$name proves nothing", ({ line = "" }) => {
  const lines = Array.isArray(line) ? (line as readonly string[]) : [textOf(line as Told)];
  expect(readRunnerResult(lines)).toBeNull();
});
