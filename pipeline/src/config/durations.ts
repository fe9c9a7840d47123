import { quoteInput } from "../identifiers.ts";

const secondsOf = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;
export type DurationUnit = keyof typeof secondsOf;

export const durationPattern = /^[0-9]{1,9}(?:ms|s|m|h|d)$/;

/** Seconds of `500ms`, `30s`, `15m`, `24h` or `7d`; null for anything else, a bare number included. */
export function parseDuration(text: string): number | null {
  const match = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  if (!match) return null;
  const amount = Number(match[1]);
  const unit = match[2] as DurationUnit;
  return unit === "ms" ? amount / 1000 : amount * secondsOf[unit];
}

/** Why a value is no duration. `unit` is the one that people usually mean here. */
export function whyNoDuration(value: unknown, unit: DurationUnit): string {
  const text = String(value);
  if (/^[0-9]{1,9}$/.test(text)) return `${text} has no unit; write ${text}${unit}`;
  return `${quoteInput(value)} is not a duration; write a whole number and ms, s, m, h or d, such as 24h`;
}
