import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../src/app.ts";
import { type Database, openDatabase } from "../src/database.ts";
import { Project } from "../src/models/project.ts";
import { Statement } from "../src/models/statement.ts";
import { TimeEntry } from "../src/models/time-entry.ts";
import { readReadiness } from "../src/readiness.ts";
import { requiredMigration } from "../src/required-migration.ts";
import { startDatabase, type TestDatabase } from "./database.ts";

const log = pino({ level: "silent" });
const nobody = "00000000-0000-4000-8000-000000000000";
let postgres: TestDatabase;
let database: Database;
let server: Server;
let address: string;
let project: string;

beforeAll(async () => {
  postgres = await startDatabase({ migrated: true });
  database = openDatabase(postgres.url, log);
  const version = { sha: "a".repeat(40), image: "sha256:b", environment: "test" };
  const noQueue = () => Promise.reject(new Error("no queue here"));
  server = createServer(createApp({ database, log, version, queue: noQueue }).callback()).listen(0);
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = await post("/api/projects", { slug: "tests", name: "Tests", client: "Us", hourly_rate_cents: 100 });
  project = made.body.id;
});
afterAll(async () => {
  server.close();
  await database.destroy();
  await postgres[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not trusted
type Answer = { readonly status: number; readonly body: any };
async function ask(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(`${address}${path}`, init);
  return { status: response.status, body: await response.json() };
}
function post(path: string, body: unknown): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: text });
}

describe("what an API says of itself", () => {
  it("is alive, and ready at the head of the migrations", async () => {
    expect((await ask("/healthz")).status).toBe(200);
    const readiness = await ask("/readyz");
    expect(readiness).toEqual({ status: 200, body: { ready: true, migration: requiredMigration } });
  });

  it("answers SHA, image and environment", async () => {
    const { body } = await ask("/version");
    expect(body).toEqual({ sha: "a".repeat(40), image: "sha256:b", environment: "test" });
  });

  it("is not ready before the migration that its code needs, and says which", async () => {
    const readiness = await readReadiness(database, "20991231000000_to_come");
    expect(readiness).toEqual({
      ready: false,
      migration: requiredMigration,
      because: "migration 20991231000000_to_come is not applied",
    });
  });

  it("is ready on a schema newer than itself, however names are recorded", async () => {
    await postgres.query("insert into knex_migrations (name, batch) values ('20991231000000_newer.js', 9)");
    const readiness = await readReadiness(database);
    await postgres.query("delete from knex_migrations where batch = 9");
    expect(readiness).toEqual({ ready: true, migration: "20991231000000_newer" });
  });

  it("is not ready without a database", async () => {
    const unreachable = openDatabase("postgres://nobody@127.0.0.1:1/none", log);
    const readiness = await readReadiness(unreachable);
    await unreachable.destroy();
    expect(readiness).toEqual({ ready: false, migration: null, because: "the database does not answer" });
  });
});

describe("entries", () => {
  const aDay = "2026-11-02";

  it.each([
    { name: "no body at all", body: {}, fields: ["project_id", "worked_on", "minutes"] },
    { name: "minutes of more than a day", body: { minutes: 1_441 }, fields: ["minutes"] },
    { name: "negative minutes", body: { minutes: -1 }, fields: ["minutes"] },
    { name: "half a minute", body: { minutes: 0.5 }, fields: ["minutes"] },
    { name: "minutes as text", body: { minutes: "60" }, fields: ["minutes"] },
    { name: "a day that does not exist", body: { worked_on: "2026-02-30" }, fields: ["worked_on"] },
    { name: "a year that Postgres lacks", body: { worked_on: "0000-01-01" }, fields: ["worked_on"] },
    { name: "a NUL in the note", body: { note: "a\u0000b" }, fields: ["note"] },
    { name: "a lone surrogate in the note", body: { note: "\ud800" }, fields: ["note"] },
    { name: "a long note", body: { note: "x".repeat(501) }, fields: ["note"] },
    { name: "a field that is none", body: { rate: 1 }, fields: ["rate"] },
  ])("are refused with field and rule: $name", async ({ name, body, fields }) => {
    const whole = name === "no body at all" ? {} : { project_id: project, worked_on: aDay, minutes: 10, ...body };
    const answer = await post("/api/entries", whole);
    expect(answer.status).toBe(422);
    expect(answer.body.error.code).toBe("invalid");
    expect(answer.body.error.fields.map((problem: { field: string }) => problem.field)).toEqual(fields);
    for (const { rule } of answer.body.error.fields) expect(rule).not.toBe("");
  });

  it.each([
    { name: "not JSON", body: "{", status: 400, code: "malformed" },
    { name: "too large", body: JSON.stringify({ note: "x".repeat(70_000) }), status: 413, code: "too-large" },
    {
      name: "of no project",
      body: { project_id: nobody, worked_on: aDay, minutes: 1 },
      status: 404,
      code: "not-found",
    },
  ])("are refused when the body is $name", async ({ body, status, code }) => {
    const answer = await post("/api/entries", body);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it("are there once they are made", async () => {
    const made = await post("/api/entries", { project_id: project, worked_on: aDay, minutes: 10, note: " by test " });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ project_id: project, worked_on: aDay, minutes: 10, note: "by test" });
    expect(await ask(`/api/entries/${made.body.id}`)).toEqual({ status: 200, body: made.body });
  });

  it("come in pages that neither repeat nor lose one while others are made", async () => {
    const slug = await post("/api/projects", { slug: "pages", name: "Pages", client: "Us", hourly_rate_cents: 1 });
    const add = (worked_on: string) => post("/api/entries", { project_id: slug.body.id, worked_on, minutes: 1 });
    // Several of one day: the id decides among them.
    for (const day of ["01", "02", "02", "02", "03", "04", "05"]) await add(`2026-09-${day}`);
    const seen: { readonly id: string; readonly worked_on: string }[] = [];
    let after = "";
    for (let page = 0; page < 10; page += 1) {
      const { body } = await ask(`/api/entries?project=${slug.body.id}&limit=2${after}`);
      seen.push(...body.entries);
      if (body.next === null) break;
      after = `&after=${encodeURIComponent(body.next)}`;
      await add("2026-09-30");
    }
    expect(seen.map(({ worked_on }) => worked_on.slice(-2))).toEqual(["05", "04", "03", "02", "02", "02", "01"]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(7);
  });

  it.each(["limit=0", "limit=101", "limit=x", "limit=1&limit=2", "after=nonsense", "project=1", "order=id"])(
    "are not listed for %s",
    async (query) => {
      expect((await ask(`/api/entries?${query}`)).status).toBe(422);
    },
  );
});

describe("paths", () => {
  it.each([`/api/entries/${nobody}`, "/api/entries/1", `/api/projects/${nobody}`, "/api/statements/x", "/nothing"])(
    "%s is a 404 of one shape",
    async (path) => {
      const { status, body } = await ask(path);
      expect([status, body.error.code]).toEqual([404, "not-found"]);
    },
  );

  it("refuses a method that a path lacks", async () => {
    const { status, body } = await ask("/api/projects", { method: "DELETE" });
    expect([status, body.error.code]).toEqual([405, "method"]);
  });

  it("answers what nobody foresaw without detail", async () => {
    const { status, body } = await post("/api/statements", { project_id: project, month: "2026-10" });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("no queue here");
    expect(await postgres.query("select id from statements")).toEqual([]);
  });

  it("keeps a slug for one project", async () => {
    const again = await post("/api/projects", { slug: "tests", name: "Other", client: "Us", hourly_rate_cents: 1 });
    expect([again.status, again.body.error.code]).toEqual([409, "exists"]);
  });
});

it.each([
  { name: "Project", row: () => Project.fromJson({ id: nobody }) },
  { name: "TimeEntry", row: () => TimeEntry.fromJson({ id: nobody }) },
  { name: "Statement", row: () => Statement.fromJson({ id: nobody }) },
])("a $name has no own keys but those it was given", ({ row }) => {
  expect(Object.keys(row())).toEqual(["id"]);
});
