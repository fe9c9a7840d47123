import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { permitOf, usePlatform } from "../../../test/platform-fixture.ts";
import { until } from "../../../test/until.ts";
import { identify } from "../guard/process-identity.ts";
import { purgePlatform } from "../platform-control.ts";

const platform = usePlatform({ postgres: true });

/** The address that a task of the environment is given; in its log the password is hidden. */
async function databaseUrl(key: string): Promise<string> {
  const { tasks } = await platform.ports();
  const file = join(platform.root, `${key}.url`);
  const program =
    'console.log(process.env.DATABASE_URL); require("fs").writeFileSync(process.argv[2], process.env.DATABASE_URL)';
  const image = await platform.image({ "say.cjs": program });
  const template = await platform.template();
  await tasks.start({ key, image, command: ["node", "say.cjs", file], template, environment: {} }, permitOf(1));
  const { lines } = await until(
    () => tasks.log(key, 0),
    ({ complete }) => complete,
  );
  expect(lines[0]).toMatch(/^postgres.*:\*\*\*@/);
  return readFileSync(file, "utf8");
}
async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("gives an environment a database of its own, which outlives a killed platform and a stop", async () => {
  const url = await databaseUrl("before");
  await query(url, "create table kept as select 42 as answer");
  expect(await query(url, "select current_database() as name")).toEqual([{ name: "app_staging" }]);
  const { pid } = await platform.status();
  process.kill(pid, "SIGKILL");
  await until(
    () => identify(pid),
    (found) => found === null,
  );
  await platform.start();
  expect(await query(await databaseUrl("after-kill"), "select answer from kept")).toEqual([{ answer: 42 }]);
  await platform.stop();
  await platform.start();
  expect(await query(await databaseUrl("after-stop"), "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("starts its server again when that is killed, where it was", async () => {
  const url = await databaseUrl("before-kill");
  await query(url, "create table kept_here as select 42 as answer");
  const { postgres } = await platform.status();
  process.kill(postgres.pid, "SIGKILL");
  const again = await until(
    async () => (await platform.status()).postgres,
    ({ pid }) => pid !== postgres.pid,
  );
  expect(again.port).toBe(postgres.port);
  expect(await query(url, "select answer from kept_here")).toEqual([{ answer: 42 }]);
  await platform.stop();
  expect(await identify(again.pid)).toBeNull();
  await platform.start();
});

test("ends its server when it stops, and removes everything when it is purged", async () => {
  const { postgres } = await platform.status();
  await platform.stop();
  expect(await identify(postgres.pid)).toBeNull();
  await purgePlatform(platform.root);
  expect(existsSync(join(platform.root, ".slipway", "platform"))).toBe(false);
  await platform.start();
  await expect(query(await databaseUrl("after-purge"), "select answer from kept")).rejects.toThrow("kept");
});
