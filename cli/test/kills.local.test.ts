import { afterAll, beforeAll, expect, test } from "vitest";
import { TinyApp } from "./tiny-app.ts";

const kills = 20;
let app: TinyApp;
beforeAll(async () => {
  app = await TinyApp.make();
  expect((await app.promote("build", "--json")).exit).toBe(0);
}, 120_000);
afterAll(() => app.remove(), 60_000);

/**
 * kill -9 of the command line at moments spread over the length of a real promotion. Each time: the same command again
 * ends done, the environment answers the commit over HTTP, and the ledger is whole.
 */
test(`${kills} kills of a promotion: each converges on the same command`, async () => {
  await timeOf(await app.commitPages("first"));
  const length = await timeOf(await app.commitPages("second"));
  const ended: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const sha = await app.commitPages(`kill-${kill}`);
    expect((await app.promote("build", "--json")).exit).toBe(0);
    const moment = length * ((kill + Math.random()) / kills);
    const dead = await killAfter(moment, sha);
    const again = await app.promote("--sha", sha, "--env", "dev", "--json");
    const where = `kill ${kill} at ${Math.round(moment)} ms of ${Math.round(length)}: ${again.stdout} ${again.stderr}`;
    expect(again.exit, where).toBe(0);
    expect(await app.version("dev"), where).toBe(sha);
    ended.push(dead ? again.document.environment : "was done before");
  }
  const history = await app.promote("history", "--verify", "--json");
  expect(history.exit, history.stdout).toBe(0);
  expect((await app.promote("verify", "--env", "dev", "--json")).exit).toBe(0);
  // Some of them must really have died half way, or this proves nothing.
  expect(ended.filter((environment) => environment === "promoted").length).toBeGreaterThan(kills / 2);
}, 600_000);

async function timeOf(sha: string): Promise<number> {
  expect((await app.promote("build", "--json")).exit).toBe(0);
  const started = performance.now();
  const answer = await app.promote("--sha", sha, "--env", "dev", "--json");
  expect(answer.exit, answer.stdout + answer.stderr).toBe(0);
  return performance.now() - started;
}

/** False: it had ended by itself. */
async function killAfter(milliseconds: number, sha: string): Promise<boolean> {
  const child = app.start("--sha", sha, "--env", "dev", "--json");
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  const signal = await ended;
  clearTimeout(timer);
  return signal === "SIGKILL";
}
