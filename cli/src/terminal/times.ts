import type { Style } from "./style.ts";

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = (value: number): string => String(value).padStart(2, "0");
const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`;
const monthDay = (at: Date): string => `${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** Offset of this machine's zone then, as `+01:00`. */
export function offset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** UTC to the second, for logs. */
export const utc = (instant: string): string => instant.replace(/\.\d+Z$/, "Z");
/** `10:02:50Z`. */
export const utcClock = (instant: string): string => utc(instant).slice(11);

/** `Thu 2026-11-19 11:04 +01:00` in the reader's zone; UTC off a terminal. */
export function spellTime(style: Style, instant: string): string {
  if (!style.isTerminal) return utc(instant);
  const at = new Date(instant);
  return `${weekdays[at.getDay()]} ${at.getFullYear()}-${monthDay(at)} ${clock(at)} ${offset(at)}`;
}

/** `12:09:12 +01:00`: a moment that is waited for; UTC off a terminal. */
export function spellMoment(style: Style, instant: string): string {
  if (!style.isTerminal) return utc(instant);
  const at = new Date(instant);
  return `${clock(at)}:${two(at.getSeconds())} ${offset(at)}`;
}

/** The kernel knows no zone but UTC; the reader has one. */
export const spellTimesIn = (style: Style, text: string): string =>
  text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => spellTime(style, instant));

/** `Fri 10:41` within six days, `Mon 11-16 09:12` otherwise; UTC off a terminal. */
export function spellNearTime(style: Style, instant: string, now: string): string {
  if (!style.isTerminal) return utc(instant);
  const at = new Date(instant);
  const isNear = Math.abs(at.getTime() - Date.parse(now)) < 4 * 86_400_000;
  return `${weekdays[at.getDay()]} ${isNear ? "" : `${monthDay(at)} `}${clock(at)}`;
}

const localTime = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2}))?)?(Z|[+-]\d{2}:\d{2})?$/;

/** A time as a person types it: a date, with or without a time and an offset; without one, this machine's zone. Null: none. */
export function parseTime(text: string): string | null {
  const [, date, time = "00:00", seconds = "00", zone = ""] = localTime.exec(text) ?? [];
  if (date === undefined) return null;
  const milliseconds = Date.parse(`${date}T${time}:${seconds}${zone}`);
  if (Number.isNaN(milliseconds)) return null;
  // 2026-02-30 is read as a day in March; nobody means that.
  const day = Number(date.slice(8));
  const read = new Date(milliseconds);
  if (zone === "" && read.getDate() !== day) return null;
  return read.toISOString();
}
