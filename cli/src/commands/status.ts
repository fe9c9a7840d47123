import { type ExitCode, exitCodes, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { releasesDocument } from "../documents/releases.ts";
import { statusDocument } from "../documents/status.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { lookAtLadder } from "../status/look-at-ladder.ts";
import { statusLines } from "../status/status-lines.ts";
import { printable, quoteSubject } from "../terminal/escape.ts";
import { sign, spellSha, textColumns } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";
import { spellNearTime } from "../terminal/times.ts";

const watchMilliseconds = 5_000;

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
  const asked = call.args.values.env === undefined ? undefined : [environmentOf(call, session)];
  const { looks, newest } = await lookAtLadder(session, asked);
  const bad = looks.flatMap(({ unreadable }) => unreadable ?? []);
  if (bad[0] && looks.length === 1) throw bad[0];
  const document = statusDocument(session, looks, newest);
  call.output.document(document);
  return { lines: statusLines(call, session, looks, newest), exit: document.exit };
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
  const document = await releasesDocument(session);
  const rows = document.releases.map(({ sha, subject, publishedAt, by, environments }) => [
    spellSha(style, sha),
    spellNearTime(style, publishedAt, now),
    by,
    quoteSubject(subject),
    environments.join(", "),
  ]);
  const broken = document.damaged.map(({ sha, because, environments }) => [
    `${sign(style, "no")} ${spellSha(style, sha)}`,
    "",
    "",
    printable(because),
    environments.join(", "),
  ]);
  call.output.table(
    rows.length + broken.length === 0
      ? ["nothing is published"]
      : tableLines([["release", "published", "by", "subject", "runs in"], ...rows, ...broken], textColumns(style)),
  );
  call.output.document(document);
  return exitCodes.done;
}
