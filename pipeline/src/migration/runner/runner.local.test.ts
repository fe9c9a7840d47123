import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { usePostgres } from "../../../test/postgres-fixture.ts";
import { anImage, runRunner, startRunner } from "../../../test/runner-fixture.ts";
import { expectationOf } from "../expectation.ts";

const postgres = usePostgres();

const knexFile = (body: string, config = "") => `${config}
export async function up(knex) {
  ${body}
}
export async function down() { throw new Error("never"); }
`;
const outside = "export const config = { transaction: false };";
const sqlOutside = "-- slipway: no transaction\n";

describe.each([
  {
    engine: "knex" as const,
    one: { "001_people.mjs": knexFile('await knex.schema.createTable("people", (t) => { t.integer("age"); });') },
    two: { "002_names.mjs": knexFile('await knex.schema.alterTable("people", (t) => { t.text("name"); });') },
    bad: {
      "003_bad.mjs": knexFile(
        'await knex.raw("insert into people (age) values (1)");\n  await knex.raw("alter table people add check (age > 1)");',
      ),
    },
    badLine: 4,
    index: { "004_index.mjs": knexFile('await knex.raw("create index concurrently ages on people (age)");', outside) },
    half: {
      "005_half.mjs": knexFile(
        'await knex.raw("insert into people values (5)");\n  await knex.raw("select 1/0");',
        outside,
      ),
    },
    slow: {
      "006_slow.mjs": knexFile(
        'await knex.raw("insert into people values (6)");\n  await knex.raw("select pg_sleep(60)");',
      ),
    },
    commit: { "007_commit.mjs": knexFile('await knex.raw("commit");') },
    unlock: { "008_unlock.mjs": knexFile('await knex.raw("select pg_advisory_unlock_all()");') },
  },
  {
    engine: "sql" as const,
    one: { "001_people.sql": "create table people (age integer);\n" },
    two: { "002_names.sql": "alter table people add name text;" },
    bad: {
      "003_bad.sql":
        "-- ä comment\ninsert into people (age) values (1);\nalter table people\n  add check (age > nope);",
    },
    badLine: 3,
    index: { "004_index.sql": `${sqlOutside}create index concurrently ages on people (age);\nselect 1;` },
    half: { "005_half.sql": `${sqlOutside}insert into people values (5);\nselect 1/0;` },
    slow: { "006_slow.sql": "insert into people values (6);\nselect pg_sleep(60);" },
    commit: { "007_commit.sql": "select 1;\nCOMMIT;" },
    unlock: { "008_unlock.sql": "select pg_advisory_unlock_all()" },
  },
])("the runner with $engine", ({ engine, one, two, bad, badLine, index, half, slow, commit, unlock }) => {
  test("applies what is pending, in order, and nothing the second time", async () => {
    const database = await postgres.createDatabase();
    const image = await anImage(engine, { ...one, ...two, ...index });
    const first = await runRunner(image, database);
    expect(first).toMatchObject({ exitCode: 0, result: { status: "done", failure: null } });
    expect(first.result?.ran).toEqual(["001_people", "002_names", "004_index"]);
    expect(first.lines.join("\n")).toContain("done, 3 of 3 applied, schema at 004_index");
    const again = await runRunner(image, database, {
      SLIPWAY_EPOCH: "2",
      SLIPWAY_EXPECT: expectationOf(["001_people", "002_names", "004_index"]),
    });
    expect(again).toMatchObject({ exitCode: 0, result: { status: "done", ran: [] } });
    expect(again.result?.applied.map(({ name }) => name)).toEqual(["001_people", "002_names", "004_index"]);
    expect(await database.ask("select indexname from pg_indexes where tablename = 'people'")).toEqual([
      { indexname: "ages" },
    ]);
  });

  test("lets an older release pass on a newer database that the ledger knows", async () => {
    const database = await postgres.createDatabase();
    await runRunner(await anImage(engine, { ...one, ...two }), database);
    const older = await runRunner(await anImage(engine, one), database, {
      SLIPWAY_EPOCH: "2",
      SLIPWAY_EXPECT: expectationOf(["001_people", "002_names"]),
    });
    expect(older).toMatchObject({ exitCode: 0, result: { status: "done", ran: [] } });
    expect(older.result?.applied).toHaveLength(2);
  });

  test("keeps what was applied before a failing file and names the line", async () => {
    const database = await postgres.createDatabase();
    const run = await runRunner(await anImage(engine, { ...one, ...two, ...bad }), database);
    expect(run).toMatchObject({ exitCode: 1, result: { status: "failed", ran: ["001_people", "002_names"] } });
    const file = `migrations/${Object.keys(bad)[0]}`;
    expect(run.result?.failure).toMatchObject({ migration: "003_bad", file, line: badLine });
    expect(run.result?.failure?.code).toMatch(/^(23514|42703)$/);
    expect(run.result?.failure?.statement).toContain("alter table people");
    expect(run.lines.join("\n")).toContain("rolled back, 2 of 3 applied, schema at 002_names");
    expect(await database.ask("select * from people")).toEqual([]);
  });

  test("applies each file once when two runners start at the same time", async () => {
    const database = await postgres.createDatabase();
    const image = await anImage(engine, { ...one, ...two });
    const runs = await Promise.all([
      runRunner(image, database),
      runRunner(image, database),
      runRunner(image, database),
    ]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(runs.flatMap(({ result }) => result?.ran ?? []).toSorted()).toEqual(["001_people", "002_names"]);
  });

  test("refuses an epoch or attempt behind the fence, and another ledger's", async () => {
    const database = await postgres.createDatabase();
    const image = await anImage(engine, one);
    const fence = await runRunner(image, database, { SLIPWAY_TASK: "fence", SLIPWAY_EPOCH: "7", SLIPWAY_ATTEMPT: "2" });
    expect(fence).toMatchObject({ exitCode: 0, result: { status: "done", ran: [], applied: [] } });
    for (const [change, code] of [
      [{ SLIPWAY_EPOCH: "6", SLIPWAY_ATTEMPT: "9" }, "fenced"],
      [{ SLIPWAY_EPOCH: "7", SLIPWAY_ATTEMPT: "1" }, "fenced"],
      [{ SLIPWAY_EPOCH: "8", SLIPWAY_LINEAGE: "b-ledger" }, "other-lineage"],
    ] as const) {
      expect(await runRunner(image, database, change)).toMatchObject({
        exitCode: 1,
        result: { status: "refused", ran: [], failure: { code } },
      });
    }
    expect(await runRunner(image, database, { SLIPWAY_EPOCH: "7", SLIPWAY_ATTEMPT: "2" })).toMatchObject({
      exitCode: 0,
    });
  });

  test("waits with the fence until what still runs is over", async () => {
    const database = await postgres.createDatabase();
    const image = await anImage(engine, { ...one, ...slow });
    const runner = startRunner(image, database);
    await runner.saw("up 006_slow");
    const fence = startRunner(image, database, { SLIPWAY_TASK: "fence", SLIPWAY_EPOCH: "2" });
    await fence.saw("waiting for another runner");
    runner.child.kill("SIGKILL");
    expect(await fence.ended).toMatchObject({
      exitCode: 0,
      result: { status: "done", applied: [{ name: "001_people" }] },
    });
  });

  test("never takes up a file again that was half run outside a transaction", async () => {
    const database = await postgres.createDatabase();
    const image = await anImage(engine, { ...one, ...half });
    const failed = await runRunner(image, database);
    expect(failed).toMatchObject({ exitCode: 1, result: { failure: { code: "22012", migration: "005_half" } } });
    expect(failed.lines.join("\n")).toContain("005_half is half run");
    expect(await runRunner(image, database)).toMatchObject({
      exitCode: 1,
      result: { status: "refused", ran: [], failure: { code: "half-run", migration: "005_half" } },
    });
    expect(await database.ask("select * from people")).toHaveLength(1);
  });

  test("refuses what diverged before any statement", async () => {
    const database = await postgres.createDatabase();
    await runRunner(await anImage(engine, { ...one, ...two }), database);
    const edited = Object.fromEntries(Object.entries(one).map(([name, text]) => [name, `${text}\n`]));
    const cases = [
      { files: { ...edited, ...two, ...index }, expects: "", says: "001_people was edited" },
      { files: { ...one, ...index }, expects: "", says: "unknown to this release: 002_names" },
      { files: { ...one, ...two, ...index }, expects: expectationOf(["001_people"]), says: "last report" },
    ];
    for (const { files, expects, says } of cases) {
      const run = await runRunner(await anImage(engine, files), database, {
        SLIPWAY_EPOCH: "2",
        SLIPWAY_EXPECT: expects,
      });
      expect(run).toMatchObject({ exitCode: 1, result: { status: "refused", ran: [], failure: { code: "diverged" } } });
      expect(run.result?.failure?.message).toContain(says);
    }
    expect(await database.ask("select from pg_indexes where indexname = 'ages'")).toEqual([]);
  });

  test("refuses an image whose bytes are not the release's, without a word to the database", async () => {
    const files = Object.entries(one).map(([file]) => ({
      name: "001_people",
      file,
      sha256: `sha256:${"0".repeat(64)}`,
    }));
    const run = await runRunner(await anImage(engine, one, { files }), {
      url: "postgres://u:secretword@127.0.0.1:9/x",
    });
    expect(run).toMatchObject({
      exitCode: 1,
      result: { status: "refused", appliedKnown: false, failure: { code: "diverged" } },
    });
  });

  test("rolls back and says so when it is told to stop", async () => {
    const database = await postgres.createDatabase();
    const runner = startRunner(await anImage(engine, { ...one, ...slow }), database);
    await runner.saw("up 006_slow");
    runner.child.kill("SIGTERM");
    expect(await runner.ended).toMatchObject({
      exitCode: 143,
      result: {
        status: "failed",
        ran: ["001_people"],
        applied: [{ name: "001_people" }],
        failure: { code: "terminated" },
      },
    });
    expect(await database.ask("select * from people")).toEqual([]);
  });

  test("tries again while another session holds a lock, and gives up after five attempts", async () => {
    const database = await postgres.createDatabase();
    const limits = { lockTimeoutMilliseconds: 100 };
    await runRunner(await anImage(engine, one), database);
    const image = await anImage(engine, { ...one, ...two }, limits);
    const blocker = new pg.Client({ connectionString: database.url });
    onTestFinished(() => blocker.end());
    await blocker.connect();
    await blocker.query("begin; lock table people");
    const stuck = await runRunner(image, database, { SLIPWAY_EPOCH: "2" });
    expect(stuck).toMatchObject({ exitCode: 1, result: { failure: { code: "lock-timeout", migration: "002_names" } } });
    const patient = startRunner(image, database, { SLIPWAY_EPOCH: "3" });
    await patient.saw("attempt 2 of 5");
    await blocker.query("rollback");
    expect(await patient.ended).toMatchObject({ exitCode: 0, result: { ran: ["002_names"] } });
  });

  test("refuses a file that would end its transaction or give its lock back", async () => {
    const database = await postgres.createDatabase();
    expect(await runRunner(await anImage(engine, { ...one, ...commit }), database)).toMatchObject({
      exitCode: 1,
      result: { failure: { code: "unsupported", migration: "007_commit" } },
    });
    expect(await runRunner(await anImage(engine, { ...one, ...unlock }), database)).toMatchObject({
      exitCode: 1,
      result: { failure: { code: "lock-lost", migration: "008_unlock" }, applied: [{ name: "001_people" }] },
    });
  });

  test("never prints where the database is, nor its password", async () => {
    const database = { url: "postgres://slipway:secretword@127.0.0.1:9/x?connect_timeout=1" };
    const run = await runRunner(await anImage(engine, one), database);
    expect(run).toMatchObject({ exitCode: 1, result: { status: "failed", failure: { code: "ECONNREFUSED" } } });
    expect(run.lines.join("\n")).not.toMatch(/secretword|127\.0\.0\.1/);
  });
});

test("takes over a database that plain knex migrated from .ts files", async () => {
  const database = await postgres.createDatabase();
  await database.ask(`create table knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);
    insert into knex_migrations (name, batch) values ('001_people.ts', 1), ('002_names.ts', 4); create table people (age integer)`);
  const image = await anImage("knex", {
    "001_people.mjs": knexFile('await knex.schema.createTable("people", (t) => { t.integer("age"); });'),
    "002_names.mjs": knexFile("throw new Error('ran again');"),
    "003_more.mjs": knexFile('await knex("people").insert({ age: 3 });'),
  });
  expect(await runRunner(image, database)).toMatchObject({ exitCode: 0, result: { ran: ["003_more"] } });
  expect(await database.ask("select name, batch from knex_migrations order by id")).toEqual([
    { name: "001_people.ts", batch: 1 },
    { name: "002_names.ts", batch: 4 },
    { name: "003_more.mjs", batch: 5 },
  ]);
});
