import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type TestDatabase, usePostgres } from "../../../test/postgres-fixture.ts";
import { anImage, runRunner, startRunner } from "../../../test/runner-fixture.ts";

const postgres = usePostgres();

const names = ["001", "002", "003", "004", "005", "006"];
const steps = (name: string) => [
  `insert into trace values ('${name}')`,
  "select pg_sleep(0.03)",
  `create table t${name} ()`,
];
const knexFile = (name: string, config: string) =>
  `${config}\nexport async function up(knex) {\n${steps(name)
    .map((text) => `  await knex.raw(${JSON.stringify(text)});`)
    .join("\n")}\n}`;
const files = {
  knex: (transactional: boolean) =>
    names.map((name) => [
      `${name}.mjs`,
      knexFile(name, transactional ? "" : "export const config = { transaction: false };"),
    ]),
  sql: (transactional: boolean) =>
    names.map((name) => [
      `${name}.sql`,
      `${transactional ? "" : "-- slipway: no transaction\n"}${steps(name).join(";\n")};`,
    ]),
};

/** For each of four kinds. */
const kills = 8;

/** Any time after the start for every fourth; else within a file, which its log line tells whatever the machine's load. */
async function aMoment(runner: ReturnType<typeof startRunner>, n: number): Promise<void> {
  if (n % 4 === 0) return sleep(Math.random() * 800);
  await runner.saw(`up ${names[Math.floor(Math.random() * names.length)]}`);
  await sleep(Math.random() * 50);
}

test.each([
  { engine: "knex", transactional: true },
  { engine: "sql", transactional: true },
  { engine: "knex", transactional: false },
  { engine: "sql", transactional: false },
] as const)(
  "a kill at any moment sticks nothing and runs nothing twice ($engine, transactional: $transactional)",
  async ({ engine, transactional }) => {
    const image = await anImage(engine, Object.fromEntries(files[engine](transactional)));
    const template = await postgres.createDatabase();
    await template.ask("create table trace (name text)");
    for (let n = 0; n < kills; n += 1) {
      const database = await postgres.createDatabase(template);
      const runner = startRunner(image, database);
      await aMoment(runner, n);
      runner.child.kill("SIGKILL");
      await runner.ended;
      // At once, while the server may still work for the dead one; as a later run would.
      const next = await runRunner(image, database, { SLIPWAY_EPOCH: "2" });
      const { status, failure, applied } = next.result ?? { status: "none", failure: null, applied: [] };
      const traces = (await database.ask("select name from trace order by name")).map(({ name }) => String(name));
      expect(traces, next.lines.join("\n")).toEqual([...new Set(traces)]);
      if (status === "done") {
        expect(traces).toEqual(names);
      } else {
        // What was begun outside a transaction is named and left; it may have run, and nothing after it has.
        expect(transactional, next.lines.join("\n")).toBe(false);
        expect(failure).toMatchObject({ code: "half-run", migration: names[applied.length] });
        expect(traces.length - applied.length).toBeLessThanOrEqual(1);
      }
    }
  },
  120_000,
);

test.each([
  {
    engine: "sql",
    file: { "001_slow.sql": "-- slipway: no transaction\ncreate table slow ();\nselect pg_sleep(120)" },
  },
  {
    engine: "knex",
    file: {
      "001_slow.mjs": `export const config = { transaction: false };
export const up = (knex) => knex.raw("create table slow ()").then(() => knex.raw("select pg_sleep(120)"));`,
    },
  },
] as const)(
  "a file killed half way outside a transaction is named and never repeated ($engine)",
  async ({ engine, file }) => {
    const database = await postgres.createDatabase();
    const image = await anImage(engine, file);
    const runner = startRunner(image, database);
    await runner.saw("up 001_slow");
    await untilAsleep(database);
    runner.child.kill("SIGKILL");
    for (const epoch of ["2", "3"]) {
      const next = await runRunner(image, database, { SLIPWAY_EPOCH: epoch });
      expect(next).toMatchObject({
        exitCode: 1,
        result: { status: "refused", failure: { code: "half-run", migration: "001_slow" } },
      });
    }
  },
);

async function untilAsleep(database: TestDatabase): Promise<void> {
  const working = "select from pg_stat_activity where application_name = 'slipway-migrate' and wait_event = 'PgSleep'";
  while ((await database.ask(working)).length === 0) await sleep(20);
}

test("the lock of a killed runner is free long before its statement would end", async () => {
  const database = await postgres.createDatabase();
  const image = await anImage("sql", { "001_slow.sql": "create table slow (); select pg_sleep(120)" });
  const runner = startRunner(image, database);
  await runner.saw("up 001_slow");
  await untilAsleep(database);
  runner.child.kill("SIGKILL");
  const killed = performance.now();
  const lock = "select from pg_locks where locktype = 'advisory'";
  while ((await database.ask(lock)).length > 0) await sleep(20);
  expect(performance.now() - killed).toBeLessThan(3_000);
  expect(await database.ask("select to_regclass('slow') as slow")).toEqual([{ slow: null }]);
});

test.each([
  {
    engine: "sql",
    files: { "001_lost.sql": "-- slipway: no transaction\nselect pg_terminate_backend(pg_backend_pid());" },
  },
  {
    engine: "knex",
    files: {
      "001_lost.mjs": `export const config = { transaction: false };
export async function up(knex) {
  await knex.raw("select pg_terminate_backend(pg_backend_pid())").catch(() => undefined);
  await knex.raw("create table on_a_second_connection ()");
}`,
    },
  },
] as const)("never goes on over a second connection ($engine)", async ({ engine, files: lost }) => {
  const database = await postgres.createDatabase();
  const run = await runRunner(await anImage(engine, lost), database);
  expect(run).toMatchObject({ exitCode: 1, result: { status: "failed", ran: [], appliedKnown: false } });
  expect(await database.ask("select to_regclass('on_a_second_connection') as there")).toEqual([{ there: null }]);
  expect(await runRunner(await anImage(engine, lost), database)).toMatchObject({
    result: { failure: { code: "half-run" } },
  });
});
