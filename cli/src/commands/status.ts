import {
  type ExitCode,
  exitCodes,
  listDamagedReleases,
  listReleases,
  readStanding,
  runningOf,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { newestDocument, statusDocument } from "../documents/status.ts";
import { failureOf } from "../failure.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { observeEnvironment } from "../status/observe-environment.ts";
import { statusLines } from "../status/status-lines.ts";
import { printable, quoteSubject } from "../terminal/escape.ts";
import { sign, spellSha } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";
import { spellNearTime } from "../terminal/times.ts";

const watchMilliseconds = 5_000;
const shownReleases = 20;

/** What runs where, since when, by whom, and what may go next; nothing is started. */
export async function run(call: Call): Promise<ExitCode> {
  checkEnvironmentText(call.args.values.env);
  const { switches } = call.args;
  if (switches.has("watch") && !(call.output.style.redraws && call.output.isText)) {
    throw new UserError({ code: "usage", message: "--watch redraws a terminal; there is none. Nothing was changed." });
  }
  const session = await openSession(call);
  if (switches.has("releases")) return showReleases(call, session);
  if (!switches.has("watch")) {
    const { lines, exit } = await show(call, session);
    call.output.table(lines);
    return exit;
  }
  return watch(call, session);
}

/** Never green where an environment could not be read: its mistake decides the exit code, the others are shown all the same. */
async function show(
  call: Call,
  session: Session,
): Promise<{ readonly lines: readonly string[]; readonly exit: ExitCode }> {
  const ladder = session.policy.policy.environments.map(({ name }) => name);
  const asked = call.args.values.env === undefined ? ladder : [environmentOf(call, session)];
  const newest = (await listReleases(session.store, 1))[0] ?? null;
  const looks = await Promise.all(asked.map((env) => observeEnvironment(session, env, newest)));
  const bad = looks.flatMap(({ unreadable }) => unreadable ?? []);
  if (bad[0] && looks.length === 1) throw bad[0];
  call.output.document(statusDocument(session, looks, newest));
  const exit = bad[0] ? failureOf(bad[0]).exit : exitCodes.done;
  return { lines: statusLines(call, session, looks, newest), exit };
}

async function watch(call: Call, session: Session): Promise<ExitCode> {
  const abort = new AbortController();
  const end = call.shell.onInterrupt(() => abort.abort());
  call.shell.onReaderGone(() => abort.abort());
  try {
    while (!abort.signal.aborted) {
      const { lines } = await show(call, session);
      call.output.draw("\u001b[H\u001b[2J");
      call.output.table(lines);
      await session.clock.sleep(watchMilliseconds, abort.signal).catch(() => undefined);
    }
    return exitCodes.done;
  } finally {
    end();
  }
}

async function showReleases(call: Call, session: Session): Promise<ExitCode> {
  const { style } = call.output;
  const now = session.clock.now();
  const releases = await listReleases(session.store, shownReleases);
  const damaged = await listDamagedReleases(session.store);
  const environments = session.policy.policy.environments.map(({ name }) => name);
  const standings = await Promise.all(
    environments.map(async (name) => ({ name, runs: runningOf(await readStanding(session.store, name)) })),
  );
  const runsIn = (sha: string): readonly string[] =>
    standings.filter(({ runs }) => runs?.sha === sha).map(({ name }) => name);
  const rows = releases.map(({ manifest, publishedAt }) => [
    spellSha(style, manifest.git.sha),
    spellNearTime(style, publishedAt, now),
    manifest.publisher.by,
    quoteSubject(manifest.git.subject),
    runsIn(manifest.git.sha).join(", "),
  ]);
  const broken = damaged.map(({ sha, because }) => [
    `${sign(style, "no")} ${spellSha(style, sha)}`,
    "",
    "",
    printable(because),
    runsIn(sha).join(", "),
  ]);
  call.output.table(
    rows.length + broken.length === 0
      ? ["nothing is published"]
      : tableLines([["release", "published", "by", "subject", "runs in"], ...rows, ...broken]),
  );
  call.output.document({
    kind: "releases",
    version: 1,
    app: session.policy.policy.app,
    newest: newestDocument(releases[0] ?? null),
    releases: releases.map(({ manifest, publishedAt, digest }) => ({
      sha: manifest.git.sha,
      subject: manifest.git.subject,
      digest,
      publishedAt,
      by: manifest.publisher.by,
      environments: runsIn(manifest.git.sha),
    })),
    damaged,
  } as Parameters<typeof call.output.document>[0]);
  return exitCodes.done;
}
