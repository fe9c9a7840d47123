import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { alreadyLive } from "./acts/already-live.ts";
import { brokenWeb } from "./acts/broken-web.ts";
import { expandMigration } from "./acts/expand-migration.ts";
import { failingMigration } from "./acts/failing-migration.ts";
import { firstRelease } from "./acts/first-release.ts";
import { killMidPromotion } from "./acts/kill-mid-promotion.ts";
import { rollbackProd } from "./acts/rollback-prod.ts";
import { skipStaging } from "./acts/skip-staging.ts";
import { twoAtOnce } from "./acts/two-at-once.ts";
import { unhealthyRelease } from "./acts/unhealthy-release.ts";
import { webRollback } from "./acts/web-rollback.ts";
import { freePorts } from "./free-ports.ts";
import { packageCli } from "./run-promote.ts";
import { makeRepository } from "./scratch-repository.ts";
import { type Act, environments, Stage } from "./stage.ts";
import { stopDemo } from "./stop-demo.ts";
import { Traffic } from "./traffic.ts";

/** The whole story, on real processes, a real Postgres, real commits and real HTTP. */
const acts: readonly Act[] = [
  firstRelease,
  expandMigration,
  failingMigration,
  unhealthyRelease,
  brokenWeb,
  skipStaging,
  rollbackProd,
  webRollback,
  killMidPromotion,
  twoAtOnce,
  alreadyLive,
];

const options = optionsOf(process.argv.slice(2));
// Inside the checkout, so that the commits' builds find the dependencies that are installed here.
const home = join(import.meta.dirname, "../../.slipway/demo");
const folder = join(home, "repository");

process.once("SIGINT", () => {
  process.stderr.write(
    "\nInterrupted. What was started goes on; end it, and remove it, with:  npm run demo -- --stop\n",
  );
  process.exit(130);
});
process.exitCode = options.stop ? await stop() : await tell();

function optionsOf(args: readonly string[]): { readonly json: boolean; readonly stop: boolean } {
  const known = { json: { type: "boolean", default: false }, stop: { type: "boolean", default: false } } as const;
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    process.stderr.write(`Usage: the demo takes --json or --stop. ${error instanceof Error ? error.message : ""}\n`);
    process.exit(2);
  }
}

async function stop(): Promise<number> {
  await stopDemo(home);
  if (!options.json) console.error("The demo is stopped, and what it made is removed.");
  return 0;
}

async function tell(): Promise<number> {
  await stopDemo(home);
  await mkdir(home, { recursive: true });
  const traffic = new Traffic();
  const boardPort = await freePorts();
  const [commits] = await Promise.all([makeRepository(folder, boardPort), packageCli()]);
  const stage = new Stage({ folder, commits, boardPort, traffic });
  const started = performance.now();
  stage.buildAhead(Object.keys(commits));
  let failed = 0;
  for (const act of acts) failed += (await play(act, stage)) ? 0 : 1;
  await traffic.stop();
  if (traffic.failed > 0) failed += 1;
  await printEnd(stage, failed, (performance.now() - started) / 1000);
  return failed === 0 ? 0 : 1;
}

async function play(act: Act, stage: Stage): Promise<boolean> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  if (!options.json) process.stderr.write(`\n${act.slug}: ${act.title}\n`);
  try {
    const evidence = await act.play(stage);
    if (options.json) console.log(JSON.stringify({ act: act.slug, ok: true, seconds: seconds(), evidence }));
    else process.stderr.write(`  ✓ ${seconds()} s  ${JSON.stringify(evidence)}\n`);
    return true;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    if (options.json) console.log(JSON.stringify({ act: act.slug, ok: false, seconds: seconds(), because }));
    process.stderr.write(`  ✗ ${seconds()} s  ${because}\n`);
    return false;
  }
}

async function printEnd(stage: Stage, failed: number, seconds: number): Promise<void> {
  const { requests, failed: failedRequests, counts } = stage.traffic;
  const shown = Object.fromEntries(
    await Promise.all(
      environments.map(async (name) => {
        const version = await stage.version(name).catch(() => null);
        return [name, { url: stage.urls[name], sha: version?.sha ?? null }] as const;
      }),
    ),
  );
  if (options.json) {
    console.log(
      JSON.stringify({
        acts: acts.length,
        failed,
        seconds: Math.round(seconds * 10) / 10,
        requests,
        failedRequests,
        environments: shown,
      }),
    );
  }
  if (failedRequests > 0)
    for (const [name, { failures }] of counts) process.stderr.write(`${name}: ${failures.join("; ")}\n`);
  process.stderr.write(
    `\n${acts.length - Math.min(failed, acts.length)} of ${acts.length} acts went as told, in ${seconds.toFixed(0)} s; ${failedRequests} of ${requests} requests failed.\n`,
  );
  for (const [name, { url, sha }] of Object.entries(shown))
    process.stderr.write(`  ${name.padEnd(9)}${url}   ${String(sha).slice(0, 7)}\n`);
  process.stderr.write(`They go on running. End them with:  npm run demo -- --stop\n`);
}
