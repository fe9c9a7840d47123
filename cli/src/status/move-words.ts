import { spellWait } from "../terminal/durations.ts";
import type { Style } from "../terminal/style.ts";
import { spellNearTime } from "../terminal/times.ts";
import type { NextMove } from "./observe-environment.ts";

type Asked = Pick<NextMove, "now"> & {
  readonly decision: Pick<NextMove["decision"], "allowed" | "reasons" | "earliest">;
};

/** Whether a release may enter, and when, in one cell of a table. What could not be told is never called a no. */
export function moveWords({ decision, now }: Asked, style: Style): string {
  const { allowed, reasons, earliest } = decision;
  if (allowed) return "yes";
  const definite = reasons.filter(({ kind }) => kind === "no");
  const codes = definite.filter(({ code }) => code !== "approval").map(({ code }) => code);
  const unknown = reasons.filter(({ kind }) => kind === "unknown").map(({ code }) => code);
  const approval = definite.find(({ code }) => code === "approval")?.message.replace(/ for plan.*$/, "") ?? null;
  const approved = approval === null ? [] : [`approved ${approval}`];
  if (earliest) {
    const wait = spellWait((Date.parse(earliest.at) - Date.parse(now)) / 1000);
    const until = earliest.until === null ? "" : `, until ${spellNearTime(style, earliest.until, now)}`;
    return [`in ${wait} (${codes.join(", ")})${until}`, ...approved].join("; ");
  }
  return [
    ...(codes.length === 0 ? [] : [`no: ${codes.join(", ")}`]),
    ...(unknown.length === 0 ? [] : [`could not tell: ${unknown.join(", ")}`]),
    ...approved,
  ].join("; ");
}
