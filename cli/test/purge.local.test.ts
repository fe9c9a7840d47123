import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TinyApp } from "./tiny-app.ts";

let app: TinyApp;
beforeAll(async () => {
  app = await TinyApp.make();
  expect((await app.promote("build", "--json")).exit).toBe(0);
  expect((await app.promote("--sha", await head(), "--env", "dev", "--json")).exit).toBe(0);
}, 120_000);
afterAll(() => app.remove(), 60_000);

const lacks = expect.objectContaining({ code: "schema-incompatible", kind: "no" });
const head = async (): Promise<string> => (await app.git("rev-parse", "HEAD")).trim();

async function nextRelease(table: string, number: number): Promise<string> {
  await app.write({ [`migrations/000${number}_${table}.sql`]: `create table ${table} (id serial primary key);\n` });
  const sha = await app.commit(`Add ${table}`);
  expect((await app.promote("build", "--json")).exit).toBe(0);
  return sha;
}

test("after a purge the next promotion migrates empty databases, and the ledger tells both", async () => {
  const first = await head();
  const sha = await nextRelease("tags", 2);
  expect((await app.promote("--sha", sha, "--env", "dev", "--json")).exit).toBe(0);
  const purged = await app.promote("local", "stop", "--purge", "--json");
  expect(purged).toMatchObject({ exit: 0, document: { kind: "local-stop", stopped: true, purged: true, untold: [] } });
  expect(purged.document.told).toEqual([{ env: "dev", migrations: 2, epoch: 3 }]);
  const doctor = await app.promote("doctor", "--env", "dev", "--json");
  expect(JSON.stringify(doctor.document)).toContain("another database");
  const back = await app.promote("rollback", "--env", "dev", "--to", first, "--json");
  expect(back).toMatchObject({ exit: 3, document: { reasons: expect.arrayContaining([lacks]) } });
  const promoted = await app.promote("--sha", sha, "--env", "dev");
  expect(promoted).toMatchObject({ exit: 0 });
  expect(promoted.stderr + promoted.stdout).toContain("2 of 2: 0001_notes, 0002_tags");
  const history = await app.promote("history", "--env", "dev");
  expect(history.stdout).toContain("another database, 0 migrations applied");
  expect((await app.promote("history", "--verify", "--json")).exit).toBe(0);
  expect((await app.promote("verify", "--env", "dev", "--json")).exit).toBe(0);
}, 120_000);

test("a purge while somebody promotes removes nothing", async () => {
  const sha = await nextRelease("slow", 3);
  const locked = app.start("lock", "run", "--env", "dev", "--", "sleep", "5");
  const ended = new Promise((resolve) => locked.once("exit", resolve));
  await waitUntilLocked();
  const busy = await app.promote("local", "stop", "--purge", "--json");
  expect(busy).toMatchObject({ exit: 5, document: { kind: "local-stop", purged: false, busy: { env: "dev" } } });
  await ended;
  expect((await app.promote("verify", "--env", "dev", "--json")).exit).toBe(0);
  expect((await app.promote("--sha", sha, "--env", "dev", "--json")).exit).toBe(0);
}, 120_000);

async function waitUntilLocked(): Promise<void> {
  while ((await app.promote("lock", "--env", "dev", "--json")).document.lease?.state !== "held")
    await new Promise((resolve) => setTimeout(resolve, 100));
}

test("after a purge a promotion that fails goes back to the release before it, with its pages and their assets", async () => {
  const good = await head();
  expect((await app.promote("local", "stop", "--purge", "--json")).exit).toBe(0);
  await app.write({ "server.js": "process.exit(1);\n" });
  const bad = await app.commitPages("bad");
  expect((await app.promote("build", "--json")).exit).toBe(0);
  const failed = await app.promote("--sha", bad, "--env", "dev", "--json");
  expect(failed).toMatchObject({ exit: 4, document: { environment: "reverted" } });
  expect(await app.version("dev")).toBe(good);
  expect((await app.promote("verify", "--env", "dev", "--json")).exit).toBe(0);
  await app.git("revert", "--no-edit", "HEAD");
  expect((await app.promote("build", "--json")).exit).toBe(0);
}, 120_000);

test("databases that went some other way are told as such, nothing claims that the release runs, and the same command goes on", async () => {
  await app.promote("local", "stop", "--json");
  await rm(join(app.folder, ".slipway/platform"), { recursive: true });
  const sha = await nextRelease("more", 4);
  const failed = await app.promote("--sha", sha, "--env", "dev");
  expect(failed.exit).toBe(4);
  expect(failed.stdout + failed.stderr).toMatch(
    /is as it was, which is not what is recorded, .*: api, worker, web looked otherwise/,
  );
  expect(failed.stdout + failed.stderr).toContain("the same command goes by what it found");
  expect((await app.promote("--sha", sha, "--env", "dev", "--json")).exit).toBe(0);
}, 120_000);
