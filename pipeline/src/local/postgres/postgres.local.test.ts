import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { identify, isAlive } from "../guard/process-identity.ts";
import { terminate } from "../guard/terminate.ts";
import { findBinaries, prepareBinaries } from "./binaries.ts";
import { clusterFolder } from "./cluster.ts";
import { copyTree } from "./copy-tree.ts";
import { type LocalPostgres, removePostgres, startPostgres } from "./postgres.ts";
import { runProgram } from "./run-program.ts";

const asRoot = process.getuid?.() === 0;
let stateFolder = "";
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
  onTestFinished(async () => {
    await removePostgres(stateFolder);
    await rm(stateFolder, { recursive: true, force: true });
  });
});
const start = (): Promise<LocalPostgres> => startPostgres({ stateFolder, fsync: false });

async function ask(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Readonly<Record<string, unknown>>[];
  } finally {
    await client.end();
  }
}

test("keeps databases and its port from one start to the next", async () => {
  const first = await start();
  await first.ensureDatabase("dev");
  await first.ensureDatabase("dev");
  await ask(first.url("dev"), "create table kept as select 7 as n");
  await first.stop();
  await first.stop();
  const second = await start();
  expect(second.port).toBe(first.port);
  expect(await ask(second.url("dev"), "select n from kept")).toEqual([{ n: 7 }]);
  expect(second.version).toBe((await ask(second.url("dev"), "show server_version"))[0]?.server_version);
});

test("listens on the loopback address alone, and asks for its password", async () => {
  const postgres = await start();
  const url = new URL(postgres.url("postgres"));
  expect(url.hostname).toBe("127.0.0.1");
  expect(await ask(url.href, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  expect(await ask(url.href, "show unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
  expect(await ask(url.href, "show client_connection_check_interval")).toEqual([
    { client_connection_check_interval: "250ms" },
  ]);
  url.password = "guess";
  await expect(ask(url.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  const password = join(await clusterFolder(stateFolder, asRoot), "password");
  expect((await lstat(password)).mode & 0o777).toBe(0o600);
});

test("gives every folder a password of its own, though all begin as one template", async () => {
  const one = await start();
  const other = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
  onTestFinished(async () => {
    await removePostgres(other);
    await rm(other, { recursive: true, force: true });
  });
  const two = await startPostgres({ stateFolder: other, fsync: false });
  const mixed = new URL(one.url("postgres"));
  mixed.port = String(two.port);
  await expect(ask(mixed.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
});

test("two starts at once end with one server, which both have", async () => {
  const [one, two, three] = await Promise.all([start(), start(), start()]);
  expect(new Set([one.pid, two.pid, three.pid]).size).toBe(1);
  expect(await ask(two.url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("adopts the server of an owner that is gone, and can stop it", async () => {
  const first = await start();
  const adopted = await start();
  expect(adopted.pid).toBe(first.pid);
  await adopted.stop();
  expect(await identify(first.pid)).toBeNull();
});

test("replaces a running server whose settings are others", async () => {
  const tests = await start();
  const platform = await startPostgres({ stateFolder });
  expect(platform.pid).not.toBe(tests.pid);
  expect(await ask(platform.url("postgres"), "show fsync")).toEqual([{ fsync: "on" }]);
});

test("comes up after the server was killed, also when its number was given to somebody else", async () => {
  const killed = await start();
  await killed.ensureDatabase("dev");
  const identity = await identify(killed.pid);
  if (identity === null) throw new Error("it runs");
  await terminate({ ...identity, group: false, signals: ["SIGKILL"], graceMilliseconds: 5_000 });
  const again = await start();
  expect(await ask(again.url("dev"), "select 1 as one")).toEqual([{ one: 1 }]);
  await again.stop();

  const file = join(await clusterFolder(stateFolder, asRoot), "data", "postmaster.pid");
  await writeFile(file, `${process.pid}\n/elsewhere\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const after = await start();
  expect(await ask(after.url("dev"), "select 1 as one")).toEqual([{ one: 1 }]);
  expect(await isAlive((await identify(process.pid)) ?? { pid: 0, startedAt: "" })).toBe(true);
});

test("takes another port when somebody listens on the last one", async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(first.port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => squatter.close(() => resolve())));
  const second = await start();
  expect(second.port).not.toBe(first.port);
});

test("a folder that is moved keeps its databases; a copy of it never touches them", async () => {
  const first = await start();
  await first.ensureDatabase("dev");
  await ask(first.url("dev"), "create table kept as select 7 as n");
  await first.stop();
  const moved = `${stateFolder}-moved`;
  await rename(stateFolder, moved);
  onTestFinished(async () => {
    await removePostgres(moved);
    await rm(moved, { recursive: true, force: true });
  });
  // Somebody else's first start removes what is abandoned, and this is not.
  const other = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
  onTestFinished(() => rm(other, { recursive: true, force: true }));
  await (await startPostgres({ stateFolder: other, fsync: false })).stop();
  await removePostgres(other);
  const second = await startPostgres({ stateFolder: moved, fsync: false });
  expect(await ask(second.url("dev"), "select n from kept")).toEqual([{ n: 7 }]);
  await second.stop();

  await cp(moved, stateFolder, { recursive: true });
  if (asRoot) await expect(start()).rejects.toMatchObject({ code: "store-unusable" });
  await removePostgres(stateFolder);
  const third = await startPostgres({ stateFolder: moved, fsync: false });
  expect(await ask(third.url("dev"), "select n from kept")).toEqual([{ n: 7 }]);
  await third.stop();
});

test("removing leaves no process and no data", async () => {
  const postgres = await start();
  const folder = await clusterFolder(stateFolder, asRoot);
  expect(await readdir(folder)).toContain("data");
  await removePostgres(stateFolder);
  expect(await identify(postgres.pid)).toBeNull();
  await expect(lstat(folder)).rejects.toThrow("ENOENT");
});

test("starts again after the shared template was removed with the data", async () => {
  await start();
  await removePostgres(stateFolder, { cache: true });
  const again = await start();
  expect(await ask(again.url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("refuses data of another major version and names both", async () => {
  const postgres = await start();
  await postgres.stop();
  await writeFile(join(await clusterFolder(stateFolder, asRoot), "data", "PG_VERSION"), "12\n");
  await expect(start()).rejects.toThrow(/Postgres 12; Postgres \d+ is installed/);
});

test("copies binaries that lack their library links, or that lie under a closed folder", async () => {
  const found = await findBinaries();
  expect(await prepareBinaries(found, stateFolder, false)).toEqual(found);
  const closed = join(stateFolder, "closed");
  await mkdir(closed);
  await copyTree(found.folder, join(closed, "native"), null);
  await chmod(closed, 0o700);
  const moved = await prepareBinaries({ ...found, folder: join(closed, "native") }, stateFolder, true);
  expect(moved.folder).toBe(join(stateFolder, `binaries-${found.build}`));

  const links = JSON.parse(await readFile(join(closed, "native", "pg-symlinks.json"), "utf8")) as { target: string }[];
  for (const { target } of links) await rm(join(closed, target));
  const cache = await mkdtemp(join(stateFolder, "cache-"));
  const mended = await prepareBinaries({ ...found, folder: join(closed, "native") }, cache, false);
  expect(mended.folder).toBe(join(cache, `binaries-${found.build}`));
  // It starts only when it finds its libraries.
  await runProgram(join(mended.folder, "bin", "initdb"), ["--version"], { account: null, cwd: cache });
});

test("says which names of databases it takes", async () => {
  const postgres = await start();
  await expect(postgres.ensureDatabase('x"; drop database postgres')).rejects.toThrow("not a database name");
});
