import { shortDigest, shortSha } from "../../identifiers.ts";
import { spellDuration } from "../../policy/spell.ts";
import type { Step } from "../plan.ts";
import { code, link, prose } from "./markdown.ts";

export const between = " · ";

/** `2026-11-20 11:00 UTC`. */
export const spellUtc = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

/** `48.6 s`, `1 min 12 s`: one decimal below a minute for a step. */
export const spellStepSeconds = (seconds: number): string =>
  seconds < 59.95 ? `${seconds.toFixed(1)} s` : spellDuration(Math.round(seconds));

/** `0.9 s`, `53 s`, `1 min 14 s`. */
export const spellSeconds = (seconds: number): string =>
  seconds < 9.95 ? `${seconds.toFixed(1)} s` : spellDuration(Math.round(seconds));

/** Seven digits, or `nothing`. */
export const spellSha = (sha: string | null | undefined): string => (sha ? code(shortSha(sha)) : "nothing");
/** Twelve digits; not `code`, which would take twelve decimal ones for an account. */
export const spellDigest = (digest: string): string => `\`${shortDigest(digest)}\``;

export const partOf = (step: Step): string | null => ("service" in step ? step.service : null);
export const stepName = (step: Step): string => [step.kind, partOf(step)].filter((word) => word !== null).join(" ");

/** So many of them a line: what is cut is cut between lines. */
export function inLines(items: readonly string[], each = 8): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < items.length; at += each) lines.push(items.slice(at, at + each).join(between));
  return lines;
}

/** A command that may be copied, with what is said of it after two spaces; or a sentence. */
export function spellNote(text: string): string {
  const [, command, remark = ""] = /^(promote .*?)(?:\s{2,}(?:#\s*)?(.*))?$/.exec(text) ?? [];
  if (command === undefined) return prose(withShortTimes(text));
  return remark === "" ? code(command) : `${code(command)} ${prose(withShortShas(remark))}`;
}
const withShortShas = (text: string): string => text.replace(/\b[0-9a-f]{40}\b/g, shortSha);
const withShortTimes = (text: string): string =>
  text.replace(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z/g, "$1 $2 UTC");

/** Where a text goes on that was cut. */
export const restIn = (runUrl: string | null, command: string): string =>
  runUrl === null
    ? `Cut at 60 kB. The rest: ${code(command)}`
    : `Cut at 60 kB. The rest is in ${link("the run", runUrl)}.`;
