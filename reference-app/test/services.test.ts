import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDatabase, type TestDatabase } from "./database.ts";
import { type Service, startService } from "./service.ts";

const backOffice = "7f0c2f3e-6a51-4c0e-9d52-3b1d2c9a0001";
let postgres: TestDatabase;
let api: Service;
let address: string;

beforeAll(async () => {
  postgres = await startDatabase({ migrated: true });
  // Counts how often a statement became ready: the effect that must happen once.
  await postgres.query("create table productions (statement uuid)");
  await postgres.query(`create function count_production() returns trigger language plpgsql as $$
    begin insert into productions values (new.id); return new; end $$`);
  await postgres.query(`create trigger productions after update on statements for each row
    when (old.ready_at is null and new.ready_at is not null) execute function count_production()`);
  api = startApi();
  address = await addressOf(api);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const startApi = () => startService("server.ts", { DATABASE_URL: postgres.url, PORT: "0" });
const startWorker = () => startService("worker.ts", { DATABASE_URL: postgres.url });
const addressOf = async (service: Service) => `http://127.0.0.1:${(await service.line("listening")).port}`;

async function requestStatement(month: string): Promise<string> {
  const response = await fetch(`${address}/api/statements`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ project_id: backOffice, month }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

async function untilReady(id: string): Promise<{ readonly minutes: number; readonly amount_cents: number }> {
  for (;;) {
    const statement = await (await fetch(`${address}/api/statements/${id}`)).json();
    if (statement.status === "ready") return statement;
    await delay(50);
  }
}

const productionsOf = async (id: string) =>
  (await postgres.query("select 1 from productions where statement = $1", [id])).length;

/** Keeps a job in the middle: the worker has begun and waits for the row. */
async function holdStatement(id: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query("begin");
  await client.query("select from statements where id = $1 for update", [id]);
  return async () => {
    await client.query("rollback");
    await client.end();
  };
}

it("makes the statement of a month right to the cent, once, however often it is asked for", async () => {
  await using worker = startWorker();
  const ids = await Promise.all([1, 2, 3, 4, 5].map(() => requestStatement("2026-10")));
  expect(new Set(ids).size).toBe(1);
  const id = ids[0] ?? "";
  // 95 + 40 + 0 + 125 minutes at 60.00 an hour.
  expect(await untilReady(id)).toMatchObject({ minutes: 260, amount_cents: 26_000 });
  const file = await fetch(`${address}/api/statements/${id}/file`);
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="statement-2026-10.csv"');
  expect(await file.text()).toContain("minutes,260\r\nhourly rate,60.00\r\namount,260.00\r\n");
  await worker.line("statement: ended", id);
  expect(await productionsOf(id)).toBe(1);
});

it("does not hand out a statement that is not ready", async () => {
  const id = await requestStatement("2026-01");
  const file = await fetch(`${address}/api/statements/${id}/file`);
  expect(file.status).toBe(409);
});

it("finishes the job under way on SIGTERM, and takes no other", async () => {
  const worker = startWorker();
  await worker.line("working");
  const id = await requestStatement("2026-02");
  const release = await holdStatement(id);
  await worker.line("statement: begun", id);
  worker.kill("SIGTERM");
  await worker.line("draining");
  await release();
  expect(await worker.exited).toBe(0);
  expect(await productionsOf(id)).toBe(1);
});

it("loses nothing to a SIGKILL: the next worker does the job, once in effect", async () => {
  const killed = startWorker();
  await killed.line("working");
  const id = await requestStatement("2026-03");
  const release = await holdStatement(id);
  await killed.line("statement: begun", id);
  killed.kill("SIGKILL");
  await killed.exited;
  await release();
  await using next = startWorker();
  await untilReady(id);
  await next.line("statement: ended", id);
  expect(await productionsOf(id)).toBe(1);
});

it("changes no schema when services start", async () => {
  const shape = () =>
    postgres.query(`select table_schema, table_name, column_name, data_type from information_schema.columns
      where table_schema in ('public', 'queue') order by 1, 2, 3`);
  const before = await shape();
  await using worker = startWorker();
  await worker.line("working");
  await requestStatement("2026-04");
  expect(await shape()).toEqual(before);
});

it("works on a queue schema newer than its own, as a release that was gone back to must", async () => {
  await postgres.query("update queue.version set version = version + 1");
  await using worker = startWorker();
  await untilReady(await requestStatement("2026-05"));
  await worker.line("working");
  await postgres.query("update queue.version set version = version - 1");
});

it("answers a request that is under way when SIGTERM comes, and closes the connection after it", async () => {
  const draining = startApi();
  const port = Number(new URL(await addressOf(draining)).port);
  const socket = connect(port, "127.0.0.1");
  const answers: string[] = [];
  socket.on("data", (chunk) => answers.push(String(chunk)));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  // A body that is still to come keeps the request under way; the server says when it has begun with it.
  const begun = once(socket, "data");
  const body = JSON.stringify({ project_id: backOffice, worked_on: "2026-11-03", minutes: 5 });
  socket.write(
    `POST /api/entries HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  expect(String(await begun)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  draining.kill("SIGTERM");
  await draining.line("draining");
  socket.write(body);
  await closed;
  expect(answers.slice(1).join("")).toMatch(/^HTTP\/1\.1 201 Created\r\n[\s\S]*Connection: close\r\n/i);
  expect(await draining.exited).toBe(0);
});

it("dies with a fatal line when its environment is wrong", async () => {
  const broken = startService("server.ts", {});
  expect(await broken.exited).toBe(1);
  expect(broken.log.at(-1)).toMatchObject({ level: "fatal", msg: expect.stringContaining("DATABASE_URL") });
});

it("is alive and not ready on a database without migrations", async () => {
  await using empty = await startDatabase({ migrated: false });
  await using early = startService("server.ts", { DATABASE_URL: empty.url, PORT: "0" });
  const url = await addressOf(early);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const readiness = await fetch(`${url}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toEqual({ ready: false, migration: null, because: "no migration is applied" });
});
