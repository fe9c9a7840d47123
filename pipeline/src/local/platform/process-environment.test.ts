import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hideSecrets, processEnvironment } from "./process-environment.ts";
import type { LocalTemplate } from "./template.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-test-variables-"));
  await writeFile(
    join(root, ".env.local"),
    'TOKEN="quite secret"\nLOG_LEVEL=debug\nDB_PASSWORD=correcthorse\nQUEUE=statements\nDATABASE_URL=postgres://mine\n',
  );
});
afterAll(() => rm(root, { recursive: true, force: true }));

const template: LocalTemplate = { version: 1, env: { LOG_LEVEL: "info" }, envFile: null, database: "DATABASE_URL" };
const databaseUrl = "postgres://slipway:pass%20word%21@127.0.0.1:5432/app_dev";
const told = { SLIPWAY_SHA: "1".repeat(40) };
const given = (fields: Partial<LocalTemplate>) =>
  processEnvironment({ root, template: { ...template, ...fields }, databaseUrl, told });

test("the Node that runs the platform comes first", async () => {
  const { variables } = await given({});
  expect(variables.PATH?.split(delimiter)[0]).toBe(dirname(process.execPath));
});

test("the file wins over the configuration, and what Slipway says wins over both", async () => {
  const { variables } = await given({ envFile: ".env.local", env: { LOG_LEVEL: "info", SLIPWAY_SHA: "other" } });
  expect(variables).toMatchObject({ LOG_LEVEL: "debug", TOKEN: "quite secret", DATABASE_URL: databaseUrl, ...told });
});

test("the database's address has the name that the app gives it", async () => {
  const { variables } = await given({ database: "PG_URL" });
  expect(variables.PG_URL).toBe(databaseUrl);
  expect(Object.hasOwn(variables, "DATABASE_URL")).toBe(false);
});

test("values of the file and the database's password are not shown", async () => {
  const { secrets } = await given({ envFile: ".env.local" });
  expect(hideSecrets("quite secret, pass word!, debug", secrets)).toBe("***, ***, debug");
  expect(hideSecrets("correcthorse waits for statements", secrets)).toBe("*** waits for statements");
});

test("they are hidden in every spelling, and in pieces where a line was broken", async () => {
  await writeFile(join(root, ".env.pieces"), "TOKEN='abc\"def/ghi+jkl'\nMODE=production\n");
  const { secrets } = await given({ envFile: ".env.pieces" });
  const value = 'abc"def/ghi+jkl';
  const bytes = Buffer.from(value);
  const spellings = [
    value,
    JSON.stringify(value),
    encodeURIComponent(value),
    bytes.toString("base64"),
    bytes.toString("hex"),
  ];
  for (const spelling of spellings) expect(hideSecrets(`(${spelling})`, secrets)).toMatch(/^\("?\*{3}"?\)$/);
  expect(hideSecrets('got abc"def/', secrets)).toBe("got ***");
  expect(hideSecrets("f/ghi+jkl, in production", secrets)).toBe("***, in production");
});

test("of secrets that overlap nothing stays", () => {
  expect(hideSecrets("got abcdefghijklmnopqr", ["abcdefghij", "ghijklmnopqr"])).toBe("got ***");
});

test.for(["../.env", "/etc/passwd", "missing.env"])("refuses %s as env_file", async (envFile) => {
  await expect(given({ envFile })).rejects.toThrow("env_file");
});
