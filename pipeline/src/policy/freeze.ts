import type { FreezeWindow } from "./policy.ts";
import { instantsOf, type WallTime, wallTimeAt } from "./zone.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const week = 7 * day;
/** This many freezes that follow each other without a gap never clear, as far as anybody plans. */
const mostInARow = 32;

/** Half open, milliseconds since 1970: `until` is the first moment after it. */
export interface FreezeSpan {
  readonly window: FreezeWindow;
  readonly from: number;
  readonly until: number;
}

/** Local date and time to the minute, as `once` windows have it. */
function wallTimeOf(local: string): WallTime {
  const at = Date.parse(`${local.replace(" ", "T")}:00.000Z`);
  if (Number.isNaN(at)) throw new RangeError(`${local} is no date and time`);
  return at;
}

/** A freeze is never shorter than its clock says: from the first time that its beginning is shown to the last of its end. */
function spanOf(window: FreezeWindow, from: WallTime, until: WallTime): FreezeSpan {
  return { window, from: instantsOf(window.zone, from).first, until: instantsOf(window.zone, until).last };
}

/** The spans of a window that may cover `at` or begin within a week after it, in order. */
function spansAround(window: FreezeWindow, at: number): readonly FreezeSpan[] {
  if (window.kind === "once") return [spanOf(window, wallTimeOf(window.from), wallTimeOf(window.until))];
  const wall = wallTimeAt(window.zone, at);
  const weekday = (new Date(wall).getUTCDay() + 6) % 7;
  const monday = Math.floor(wall / day) * day - weekday * day;
  const offset = (moment: { weekday: number; minute: number }) => (moment.weekday - 1) * day + moment.minute * minute;
  const [from, until] = [offset(window.from), offset(window.until)];
  const length = until > from ? until - from : until - from + week;
  return [-1, 0, 1].map((n) => spanOf(window, monday + n * week + from, monday + n * week + from + length));
}

/**
 * Every freeze that covers the moment.
 * @throws RangeError when a window's zone or date is none.
 */
export function freezesAt(windows: readonly FreezeWindow[], at: number): readonly FreezeSpan[] {
  return windows.flatMap((window) => {
    const covering = spansAround(window, at).filter((span) => span.from <= at && at < span.until);
    return covering.length > 0 ? [covering.reduce((a, b) => (b.until > a.until ? b : a))] : [];
  });
}

/** The first moment, not before `at`, that no freeze covers; null when windows cover every moment. */
export function clearOf(windows: readonly FreezeWindow[], at: number): number | null {
  let moment = at;
  for (let spans = 0; spans < mostInARow; spans += 1) {
    const ends = freezesAt(windows, moment).map((span) => span.until);
    if (ends.length === 0) return moment;
    moment = Math.max(...ends);
  }
  return null;
}

/** The freeze that begins next after a moment that none covers; null when there is none. */
export function nextFreeze(windows: readonly FreezeWindow[], at: number): FreezeSpan | null {
  const coming = windows
    .flatMap((window) => spansAround(window, at))
    .filter((span) => span.from >= at && span.until > span.from);
  return coming.toSorted((a, b) => a.from - b.from || b.until - a.until)[0] ?? null;
}

/**
 * Every freeze that covers some moment from `from` up to `until`, as they begin; one that a window names twice comes once.
 * @throws RangeError when a window's zone or date is none.
 */
export function freezesBetween(windows: readonly FreezeWindow[], from: number, until: number): readonly FreezeSpan[] {
  const spans = windows.flatMap((window) => {
    const byBeginning = new Map<number, FreezeSpan>();
    for (let at = from; at < until + week; at += week)
      for (const span of spansAround(window, Math.min(at, until))) byBeginning.set(span.from, span);
    return [...byBeginning.values()].filter((span) => span.from < until && span.until > from);
  });
  return spans.toSorted((a, b) => a.from - b.from || a.until - b.until);
}
