import { spellAge } from "../../src/terminal/durations.ts";
import { offset } from "../../src/terminal/times.ts";

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const nearMilliseconds = 4 * 86_400_000;
const two = (value: number): string => String(value).padStart(2, "0");
const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`;
const monthDay = (at: Date): string => `${two(at.getMonth() + 1)}-${two(at.getDate())}`;

export const spellOffset = (milliseconds: number): string => offset(new Date(milliseconds));

/** `11:58` in the reader's zone. */
export const spellClock = (milliseconds: number): string => clock(new Date(milliseconds));

/** `Thu 2026-11-19 11:04 +01:00` in the reader's zone. */
export function spellTime(instant: string): string {
  const at = new Date(instant);
  return `${weekdays[at.getDay()]} ${at.getFullYear()}-${monthDay(at)} ${clock(at)} ${offset(at)}`;
}

/** `Fri 10:41` within four days, `Mon 11-16 09:12` beyond, with the year where it is another one; the offset stands beside it. */
export function spellNearTime(instant: string, now: number): string {
  const at = new Date(instant);
  const day = weekdays[at.getDay()];
  if (Math.abs(at.getTime() - now) < nearMilliseconds) return `${day} ${clock(at)}`;
  const year = at.getFullYear() === new Date(now).getFullYear() ? "" : `${at.getFullYear()}-`;
  return `${day} ${year}${monthDay(at)} ${clock(at)}`;
}

/** `Mon 16`. */
export const spellDay = (at: Date): string => `${weekdays[at.getDay()]} ${at.getDate()}`;

/** `11-16`. */
export const spellMonthDay = (at: Date): string => monthDay(at);

/** How long since then, in at most two units. */
export const spellSince = (instant: string, now: number): string => spellAge((now - Date.parse(instant)) / 1000);

/** `in 2 min`, or `now` where it is past. */
export function spellWait(instant: string, now: number): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  if (seconds <= 0) return "now";
  // Somebody who waits counts minutes; seconds only in the last one.
  return `in ${spellAge(seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60)}`;
}

/** What a datetime-local field holds for that instant, in the reader's zone. */
export function fieldOfInstant(instant: string): string {
  const at = new Date(instant);
  return `${String(at.getFullYear()).padStart(4, "0")}-${monthDay(at)}T${clock(at)}`;
}

/** The instant that a datetime-local field names in the reader's zone; null: it is empty or half typed. */
export function instantOfField(value: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(value)) return null;
  const milliseconds = new Date(value).getTime();
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
