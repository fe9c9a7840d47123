import { spellDay, spellMonthDay } from "../time/times.ts";

export interface Tick {
  /** Milliseconds; midnight in the reader's zone. */
  readonly at: number;
  readonly words: string;
}

const labelWidth = 58;

/** Midnights between two moments, so many that their names do not touch: each day, or each Monday, or every second or fourth one. */
export function ticksBetween(from: number, until: number, width: number): readonly Tick[] {
  const days = midnightsBetween(from, until);
  const room = Math.max(1, Math.floor(width / labelWidth));
  if (days.length <= room) return days.map((at) => ({ at: at.getTime(), words: spellDay(at) }));
  const mondays = days.filter((at) => at.getDay() === 1);
  const each = Math.max(1, Math.ceil(mondays.length / room));
  return mondays
    .filter((_, index) => (mondays.length - 1 - index) % each === 0)
    .map((at) => ({ at: at.getTime(), words: spellMonthDay(at) }));
}

/** A day has 23 or 25 hours twice a year, so midnights are not counted in hours. */
function midnightsBetween(from: number, until: number): readonly Date[] {
  const found: Date[] = [];
  const at = new Date(from);
  at.setHours(24, 0, 0, 0);
  while (at.getTime() <= until) {
    found.push(new Date(at));
    at.setHours(24, 0, 0, 0);
  }
  return found;
}
