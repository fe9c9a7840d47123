/** `0.9 s`, `16 s`, `1 min 14 s`, `3 h 12 min`, `4 d 2 h`: never more than two units. */
export function spellSeconds(seconds: number): string {
  const rounded = seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds);
  if (rounded < 10) return `${rounded.toFixed(1)} s`;
  return rounded < 60 ? `${rounded} s` : spellWhole(rounded);
}

/** A step's time: one decimal below a minute, so that a column of them reads. */
export const spellStepSeconds = (seconds: number): string =>
  seconds < 59.95 ? `${seconds.toFixed(1)} s` : spellWhole(Math.round(seconds));

/** How long something has been so, without fractions. */
export const spellAge = (seconds: number): string =>
  seconds < 60 ? `${Math.max(0, Math.floor(seconds))} s` : spellWhole(Math.floor(seconds));

/** How long something still takes: never less, and no seconds where minutes are waited for. */
export const spellWait = (seconds: number): string =>
  spellAge(seconds <= 60 ? Math.ceil(seconds) : Math.ceil(seconds / 60) * 60);

function spellWhole(seconds: number): string {
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (minutes < 60) return pair(minutes, "min", seconds % 60, "s");
  if (hours < 24) return pair(hours, "h", minutes % 60, "min");
  return pair(days, "d", hours % 24, "h");
}
const pair = (large: number, unit: string, small: number, smaller: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms 30s 15m 24h 7d` in milliseconds; null for anything else, a bare number too. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = /^(\d{1,7})(ms|s|m|h|d)$/.exec(text) ?? [];
  const each = unit === undefined ? undefined : milliseconds[unit];
  return each === undefined ? null : Number(amount) * each;
}
