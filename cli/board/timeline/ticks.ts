import { spellClock, spellDay, spellMonthDay } from "../time/times.ts";

export interface Tick {
  /** Milliseconds; midnight in the reader's zone, or a time of day there. */
  readonly at: number;
  readonly words: string;
}

const labelWidth = 58;
const minute = 60_000;
const hour = 60 * minute;
/** Minutes between times of day. */
const steps: readonly number[] = [5, 10, 15, 30, 60, 120, 180, 360, 720];

/** Times of day between moments that are no more than a day and a half apart, else midnights. */
export const ticksBetween = (from: number, until: number, width: number): readonly Tick[] =>
  until - from <= 36 * hour ? timesOfDay(from, until, width) : midnights(from, until, width);

/** So far apart that their names do not touch, at round times of the reader's clock. */
function timesOfDay(from: number, until: number, width: number): readonly Tick[] {
  const room = Math.max(1, Math.floor(width / labelWidth));
  const minutes = steps.find((step) => (until - from) / (step * minute) <= room) ?? steps.at(-1) ?? 60;
  const found: Tick[] = [];
  const at = new Date(from);
  at.setHours(0, 0, 0, 0);
  // By the clock, not by adding milliseconds: a day has 23 or 25 hours twice a year.
  for (let count = 1; at.getTime() <= until; count += 1) {
    if (at.getTime() >= from) found.push({ at: at.getTime(), words: timeOfDay(at) });
    at.setTime(from);
    at.setHours(0, count * minutes, 0, 0);
  }
  return found;
}

const timeOfDay = (at: Date): string =>
  at.getHours() === 0 && at.getMinutes() === 0 ? spellDay(at) : spellClock(at.getTime());

/** Midnights between two moments, so many that their names do not touch: each day, or each Monday, or every second or fourth one. */
function midnights(from: number, until: number, width: number): readonly Tick[] {
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
