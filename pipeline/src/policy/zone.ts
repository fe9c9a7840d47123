const minute = 60_000;
const day = 24 * 60 * minute;

/** A reading of a clock on a wall, as milliseconds since 1970 as if it were UTC: no instant, only good for comparing. */
export type WallTime = number;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  const made = formats.get(zone);
  if (made) return made;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}

/**
 * What the clocks of an IANA zone show at an instant (milliseconds since 1970).
 * @throws RangeError when the zone is unknown or the instant is no time.
 */
export function wallTimeAt(zone: string, at: number): WallTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const seconds = Date.UTC(
    number("year"),
    number("month") - 1,
    number("day"),
    number("hour"),
    number("minute"),
    number("second"),
  );
  return seconds + (((at % 1000) + 1000) % 1000);
}

/**
 * The instants at which the clocks of a zone begin to show `wall`, and do so for the last time: twice in the hour that is
 * repeated in autumn. A time that spring leaves out is taken for the moment at which the clocks jump over it.
 */
export function instantsOf(zone: string, wall: WallTime): { readonly first: number; readonly last: number } {
  const before = wallTimeAt(zone, wall - day) - (wall - day);
  const after = wallTimeAt(zone, wall + day) - (wall + day);
  const fitting = [wall - before, wall - after].filter((at) => wallTimeAt(zone, at) === wall);
  if (fitting.length > 0) return { first: Math.min(...fitting), last: Math.max(...fitting) };
  const jump = changeBetween(zone, wall - day, wall + day, before);
  return { first: jump, last: jump };
}

/** The first millisecond at which the zone is no longer `offset` from UTC; there is one change between the two instants. */
function changeBetween(zone: string, from: number, to: number, offset: number): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallTimeAt(zone, middle) - middle === offset) low = middle;
    else high = middle;
  }
  return high;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** `Fri 12:00`, or `Mon 2026-11-23 08:00` when a weekday alone would not say which. */
export function spellWallTime(wall: WallTime, withDate: boolean): string {
  const text = new Date(wall).toISOString();
  const weekday = weekdays[new Date(wall).getUTCDay()];
  return [weekday, ...(withDate ? [text.slice(0, 10)] : []), text.slice(11, 16)].join(" ");
}
