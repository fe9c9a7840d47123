import type { Decision, Reason } from "@slipway/pipeline";
import type { Block } from "../terminal/message.ts";
import type { Style } from "../terminal/style.ts";
import { spellNearTime, spellTime, spellTimesIn } from "../terminal/times.ts";

/** A block of a message for each reason. */
export const reasonBlocks = (reasons: readonly Reason[], style: Style, now: string): readonly Block[] =>
  reasons.map((reason) => ({
    label: reason.code,
    fact: reason.kind === "unknown" ? `could not tell: ${reason.message}` : reason.message,
    clears: clearsOf(reason, style, now),
    evidence: reason.evidence.map((line) => spellTimesIn(style, line)),
  }));

export function clearsOf({ clearsAt, code, kind }: Reason, style: Style, now: string): string | null {
  if (clearsAt !== null) return `clears ${spellNearTime(style, clearsAt, now)}`;
  return code === "approval" && kind === "no" ? "needs a person" : null;
}

/** When a release may enter if nothing else changes; null: waiting is not enough. */
export function spellEarliest({ earliest }: Decision, style: Style, now: string): string | null {
  if (!earliest) return null;
  const until =
    earliest.until === null
      ? ""
      : `, until ${spellNearTime(style, earliest.until, now)}${earliest.freeze === null ? "" : ` (freeze "${earliest.freeze}")`}`;
  return `${spellTime(style, earliest.at)}${until}${earliest.onceApproved ? ", once approved" : ""}`;
}

export const countReasons = (reasons: readonly Reason[]): string =>
  reasons.length === 1 ? "1 reason" : `${reasons.length} reasons`;
