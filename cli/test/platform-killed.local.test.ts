import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkLine } from "./check-documents.ts";
import { TinyApp } from "./tiny-app.ts";

let app: TinyApp;
beforeAll(async () => {
  app = await TinyApp.make();
  expect((await app.promote("build", "--json")).exit).toBe(0);
}, 120_000);
afterAll(() => app.remove(), 60_000);

const platformPid = async (): Promise<number> => (await app.promote("local", "status", "--json")).document.platform.pid;

/** Ends with the promotion; `strike` is called once, when its worker begins to roll. */
async function promoteAnd(sha: string, strike: () => Promise<unknown>) {
  const child = app.start("--sha", sha, "--env", "dev", "--events");
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.stderr?.resume();
  let struck: Promise<unknown> | null = null;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    checkLine(line);
    if (struck === null && line.includes('"step:start"') && line.includes('"worker"')) struck = strike();
  }
  await struck;
  return { exit: await ended, struck: struck !== null };
}

test("a platform that is killed under a promotion is started again by it, and the promotion ends well", async () => {
  const sha = await app.commitPages("one");
  await app.promote("build", "--json");
  expect((await app.promote("--sha", sha, "--env", "dev", "--json")).exit).toBe(0);
  const next = await app.commitPages("two");
  await app.promote("build", "--json");
  const pid = await platformPid();
  const end = await promoteAnd(next, async () => process.kill(pid, "SIGKILL"));
  expect(end).toMatchObject({ exit: 0, struck: true });
  expect(await platformPid()).not.toBe(pid);
  expect(await app.version("dev")).toBe(next);
  expect((await app.promote("verify", "--env", "dev", "--json")).exit).toBe(0);
}, 120_000);
