import type { StoredRelease } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { spellDistance } from "../terminal/distance.ts";
import { spellAge } from "../terminal/durations.ts";
import { printable } from "../terminal/escape.ts";
import { arrow, type Style, sign, spellSha, textColumns } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";
import { spellNearTime, spellTime } from "../terminal/times.ts";
import { wrap } from "../terminal/wrap.ts";
import { commandsFor } from "./commands-for.ts";
import { moveWords } from "./move-words.ts";
import type { EnvironmentLook, EnvironmentRuns, NextMove } from "./observe-environment.ts";

/** `promote status` as a page: what runs where, then what may move. */
export function statusLines(
  call: Call,
  session: Session,
  looks: readonly EnvironmentLook[],
  newest: StoredRelease | null,
): readonly string[] {
  const { style } = call.output;
  const now = session.clock.now();
  const head = [
    session.policy.policy.app,
    spellTime(style, now),
    session.address,
    newest ? `newest ${spellSha(style, newest.manifest.git.sha)}` : "nothing is published",
  ].join("   ");
  const rows = [
    ["", "runs", "since", "by", "behind", "state"],
    ...looks.map((look) => environmentRow(look, session, style, now)),
  ];
  const moves = looks.flatMap((look) => (look.next ? [moveRow(look, look.next, session, style)] : []));
  const commands = looks.flatMap((look) => commandsFor(look, sameLadder(call)));
  const columns = textColumns(style);
  return [
    ...wrap(head, columns, 2),
    ...tableLines(rows, columns),
    ...(moves.length + commands.length > 0 ? ["Next to move"] : []),
    ...(moves.length > 0 ? tableLines(moves, columns - 2).map((line) => `  ${line}`) : []),
    ...commands.map((command) => `  ${command}`),
  ];
}

function environmentRow(look: EnvironmentLook, session: Session, style: Style, now: string): readonly string[] {
  const { runs } = look;
  const name = session.nameOf(look.env);
  if (look.unreadable) return [name, "?", "", "", "", stateWords(look, style)];
  if (!runs) return [name, "nothing", "", "", "", stateWords(look, style)];
  const age = spellAge((Date.parse(now) - Date.parse(runs.from)) / 1000);
  const pages = runs.webSha && runs.webSha !== runs.sha ? `, web ${spellSha(style, runs.webSha)}` : "";
  return [
    name,
    `${spellSha(style, runs.sha)}${pages}`,
    `${spellNearTime(style, runs.from, now)} (${age})`,
    printable(runs.by.name),
    behindWords(look.behind),
    stateWords(look, style),
  ];
}

function behindWords(behind: number | null): string {
  if (behind === null) return "?";
  return behind === 0 ? "newest" : `${behind} commit${behind === 1 ? "" : "s"}`;
}

/** How an environment stands, with what is wrong there. */
export function stateWords(look: EnvironmentRuns, style: Style): string {
  const held = look.hold ? `, held by ${printable(look.hold.by.name)}` : "";
  const because = look.because === null ? "" : `: ${printable(look.because)}`;
  switch (look.state) {
    case "as-recorded":
      return `as recorded${held}`;
    case "empty":
      return `empty${held}`;
    case "drift":
      return `${sign(style, "look")} drift: ${look.drift.map(({ name, found }) => printable(`${name} ${found}`)).join(", ")}${held}`;
    case "partial":
      return `${sign(style, "look")} PARTIAL${because}${held}`;
    case "in-progress":
      return `${sign(style, "look")} in progress${because}${held}`;
    case "unknown":
      return `${sign(style, "unknown")} could not tell${because}${held}`;
  }
}

function moveRow(look: EnvironmentLook, next: NextMove, session: Session, style: Style): readonly string[] {
  const far = (next.distance && spellDistance(next.distance)) ?? "";
  const busy = look.lease && !look.lease.stale ? `once ${printable(look.lease.by.name)} is done` : null;
  return [
    `${spellSha(style, next.sha)} ${arrow(style)} ${session.nameOf(look.env)}`,
    far,
    busy ?? [moveWords(next, style), ...failedWords(next)].join("; "),
  ];
}

function failedWords({ failed, now }: NextMove): readonly string[] {
  if (failed === null) return [];
  const seconds = (Date.parse(now) - Date.parse(failed.at)) / 1000;
  const ago = spellAge(seconds < 60 ? seconds : Math.floor(seconds / 60) * 60);
  return [`failed there ${ago} ago, epoch ${failed.epoch}: ${printable(failed.code)}`];
}
